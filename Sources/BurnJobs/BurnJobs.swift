// BurnJobs

// BurnAPI

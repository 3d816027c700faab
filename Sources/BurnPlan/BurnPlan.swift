// BurnPlan

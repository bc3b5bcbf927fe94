"""Plan, apply and move machine-learning workloads across engines and clouds."""

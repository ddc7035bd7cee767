"""The REST side: thin routes, one module for each kind of resource."""

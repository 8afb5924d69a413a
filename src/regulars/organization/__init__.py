"""Who the retailer is and who may do what: regions, stores, staff, roles and scopes, API keys, audit.

For: every room above; each of its queries starts from a `Viewer` made here.
In the flow: before catalog, customers and sales. Vocabulary: head office, region, store, role, grant, scope, viewer,
approval, audit.
"""

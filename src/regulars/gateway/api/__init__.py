"""REST `/api/v1`: tills, shops and other programs read and write the company's data here (D13).

For the developers who connect them; the pages do not use it. In the flow: the door in front of organization,
catalog, customers, sales and insight. A call passes `callers` (who asks) → `rights` (may they) → `rates` (how often)
→ `strict_json` (what came) → `resources/` (which room does it) → `problems` (how a refusal looks). `application`
puts the parts together, `reference` writes the OpenAPI document and the page that shows it.
"""

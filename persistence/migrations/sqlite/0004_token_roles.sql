-- Who holds a role: asked before it is removed. Shoppers' tokens come with every order and hold none.
CREATE INDEX token_role ON token (json_extract(principal, '$.role'))
WHERE json_extract(principal, '$.kind') IS NOT 'shopper';

-- Who holds a role: asked before it is removed. Shoppers' tokens come with every order and hold none.
CREATE INDEX token_role ON token ((principal::jsonb ->> 'role'))
WHERE (principal::jsonb ->> 'kind') IS DISTINCT FROM 'shopper';

; SQL: tables, views and functions as definitions, and where they are named.

(create_table (object_reference name: (identifier) @name) (#set! flags "exported")) @definition.struct
(create_view (object_reference name: (identifier) @name) (#set! flags "exported")) @definition.struct
(create_materialized_view (object_reference name: (identifier) @name) (#set! flags "exported")) @definition.struct
(create_function (object_reference name: (identifier) @name) (function_body)? @scope (#set! flags "exported")) @definition.function
(column_definition name: (identifier) @name) @definition.field
(relation (object_reference name: (identifier) @read))
(insert (object_reference name: (identifier) @read))
(column_definition (object_reference name: (identifier) @read))
(invocation (object_reference name: (identifier) @name)) @call
(comment) @comment

; Lua: what its syntax means in the words of the graph.

(function_declaration name: (identifier) @name body: (_)? @scope (#set! flags "exported")) @definition.function
(function_declaration name: (dot_index_expression table: (identifier) @owner field: (identifier) @name)
  body: (_)? @scope (#set! flags "exported")) @definition.function
(function_declaration name: (method_index_expression table: (identifier) @owner method: (identifier) @name)
  body: (_)? @scope (#set! flags "exported")) @definition.function
(chunk (variable_declaration (assignment_statement (variable_list . name: (identifier) @name)
  (expression_list . value: (table_constructor) @value)) @definition.object))
(chunk (assignment_statement (variable_list . name: (identifier) @name)
  (expression_list . value: (table_constructor) @value)) @definition.object)
(chunk (return_statement (expression_list . (_) @value)) @variable (#set! name "return"))
(parameters name: (identifier) @name @parameter)
(assignment_statement (variable_list . name: (identifier) @name) (expression_list . value: (_) @value)) @definition.variable

(function_call name: (identifier) @name) @call
(function_call name: (dot_index_expression table: (_) @receiver field: (identifier) @name)) @call
(function_call name: (method_index_expression table: (_) @receiver method: (identifier) @name)) @call
(dot_index_expression table: (_) @base field: (identifier) @name) @expression.attribute
((function_call name: (identifier) @_word arguments: (arguments (string content: (string_content) @module))) @expression.import
  (#eq? @_word "require") (#set! silent ""))
((identifier) @expression.self (#eq? @expression.self "self"))
(identifier) @read

((function_call name: (identifier) @_word arguments: (arguments (string content: (string_content) @module))) @import
  (#eq? @_word "require"))
(return_statement (expression_list . (_) @value .)) @result
[(if_statement) (elseif_statement) (for_statement) (while_statement) (repeat_statement)] @complexity
(comment) @comment

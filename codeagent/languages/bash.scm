; Bash: what its syntax means in the words of the graph.

(function_definition name: (word) @name body: (_) @scope (#set! flags "exported")) @definition.function
(variable_assignment name: (variable_name) @name value: (_)? @value) @definition.variable
(declaration_command (variable_name) @name @definition.variable)
(for_statement variable: (variable_name) @name) @variable
(command name: (command_name (word) @name)) @call
((command name: (command_name (word) @_word) argument: (_) @module) @import
  (#any-of? @_word "source" ".") (#set! star ""))
((command name: (command_name (word) @_word) . argument: (word) @name) @call (#eq? @_word "trap"))
((simple_expansion (variable_name) @skip) (#any-of? @skip "0" "1" "2" "3" "4" "5" "6" "7" "8" "9"))
(variable_name) @read

[(if_statement) (elif_clause) (for_statement) (c_style_for_statement) (while_statement) (case_item)] @complexity
(list ["&&" "||"]) @complexity
(comment) @comment

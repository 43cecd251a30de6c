; Bash: what its syntax means in the words of the graph.

(function_definition name: (word) @name body: (_) @scope (#set! flags "exported")) @definition.function
(declaration_command ["local" "declare" "typeset"]
  (variable_assignment name: (variable_name) @name value: (_)? @value) @definition.variable)
(declaration_command ["local" "declare" "typeset"] (variable_name) @name @definition.variable)
(declaration_command ["export" "readonly"] (variable_name) @name @definition.variable (#set! flat ""))
(variable_assignment name: (variable_name) @name value: (_)? @value (#set! flat "")) @definition.variable
(for_statement variable: (variable_name) @name) @variable
((command name: (command_name (word) @_word) argument: (word) @name) @variable
  (#any-of? @_word "read" "mapfile" "readarray") (#not-any-of? @name "-r" "-a" "-ra" "-t" "-d" "-s" "-e" "-n" "-p" "-u"))
(command name: (command_name (word) @name)) @call
((command name: (command_name (word) @_word) argument: (_) @module) @import
  (#any-of? @_word "source" ".") (#set! star "") (#set! computed ""))
((command name: (command_name (word) @_word) . argument: (_) @module) @import
  (#eq? @_word "load") (#set! star ""))
((command name: (command_name (word) @_word) . argument: (word) @name) @call (#any-of? @_word "trap" "run"))
((command name: (command_name (word) @_word) . argument: (number) . argument: (word) @name) @call (#eq? @_word "run"))
((command name: (command_name (word) @_word) . argument: (word) @_option . argument: (word) @name) @call
  (#eq? @_word "run") (#any-of? @_option "!" "--separate-stderr" "--keep-empty-lines"))
((simple_expansion (variable_name) @skip) (#any-of? @skip "0" "1" "2" "3" "4" "5" "6" "7" "8" "9"))
(variable_name) @read

[(if_statement) (elif_clause) (for_statement) (c_style_for_statement) (while_statement) (case_item)] @complexity
(list ["&&" "||"]) @complexity
(comment) @comment

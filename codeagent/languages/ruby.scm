; Ruby: what its syntax means in the words of the graph.

; --- definitions
(module name: (_) @name body: (_)? @scope (#set! reopens "") (#set! flags "exported")) @definition.trait
(class name: (_) @name body: (_)? @scope (#set! reopens "") (#set! flags "exported")) @definition.class
(method name: (_) @name body: (_)? @scope (#set! bodiless "") (#set! block "do_block block") (#set! flags "exported")) @definition.method
(singleton_method name: (_) @name body: (_)? @scope (#set! bodiless "") (#set! flags "exported static classmethod")) @definition.method
(assignment left: (constant) @name right: (_) @value (#set! flags "exported")) @definition.constant
((call !receiver method: (identifier) @_word arguments: (argument_list (simple_symbol) @name @definition.field))
  (#any-of? @_word "attr_accessor" "attr_reader" "attr_writer") (#set! reads "@") (#set! flags "exported"))

; --- their headers
(superclass (_) @inherit)
((call !receiver method: (identifier) @_word arguments: (argument_list (_) @inherit))
  (#any-of? @_word "include" "extend" "prepend"))
(method_parameters (identifier) @name @parameter)
(method_parameters (optional_parameter name: (identifier) @name value: (_) @value) @parameter)
(method_parameters (keyword_parameter name: (identifier) @name value: (_)? @value (#set! keyword "")) @parameter)
(method_parameters (splat_parameter name: (identifier) @name (#set! variadic "")) @parameter)
(method_parameters (hash_splat_parameter name: (identifier) @name (#set! keyword "")) @parameter)
(method_parameters (block_parameter name: (identifier) @name (#set! keyword "")) @parameter)

; --- variables
(assignment left: (identifier) @name right: (_) @value) @variable
(operator_assignment left: (identifier) @name right: (_) @value) @variable
(left_assignment_list (identifier) @name @variable)
(block_parameters (identifier) @name @variable)
(block_parameters (_ name: (identifier) @name) @variable)
(lambda_parameters (identifier) @name @variable)
(for pattern: (identifier) @name value: (in (_) @value) (#set! each "")) @variable
(exception_variable (identifier) @name @variable)
(assignment left: [(instance_variable) (class_variable) (global_variable) (call) (element_reference)] @target right: (_) @value) @assignment
(operator_assignment left: [(instance_variable) (class_variable) (call)] @target right: (_) @value) @assignment

; --- expressions
((call receiver: (_) @type method: (identifier) @_new arguments: (argument_list [(_) @argument ","]*)?) @expression.new (#eq? @_new "new"))
((call receiver: (_) @value method: (identifier) @_class) @expression.typeof (#eq? @_class "class"))
((call receiver: (_) @value method: (identifier) @_same) @expression.same (#any-of? @_same "tap" "freeze" "dup" "clone" "itself"))
((call !receiver method: (identifier) @type arguments: (argument_list [(_) @argument ","]*)) @expression.new (#eq? @type "new"))
((identifier) @expression.class (#eq? @expression.class "new") (#set! made ""))
((call receiver: (_) @receiver method: [(identifier) (constant)] @name
  arguments: (argument_list [(_) @argument ","]*)?) @call (#not-eq? @name "new") (#not-eq? @name "class"))
((call !receiver method: [(identifier) (constant)] @name arguments: (argument_list [(_) @argument ","]*)?) @call (#not-eq? @name "new"))
((call receiver: (_) method: (identifier) @skip) (#any-of? @skip "new" "class"))
(scope_resolution scope: (_) @base name: (constant) @name) @expression.attribute
(scope_resolution !scope name: (_) @value) @expression.same
(element_reference object: (_) @base) @expression.item
(parenthesized_statements . (_) @value .) @expression.same
(conditional consequence: (_) @value alternative: (_) @value) @expression.any
(binary left: (_) @value ["||" "or"] right: (_) @value) @expression.any
(instance_variable) @expression.instance
(class_variable) @expression.instance
((super) @expression.super (#set! calls ""))
(self) @expression.self
((identifier) @read (#set! call ""))
(constant) @read

(array (_) @value) @expression.sequence

; --- blocks
(call receiver: (_) @receiver method: (identifier) @name
  block: [(block parameters: (block_parameters [(identifier) @given ","]*)?) (do_block parameters: (block_parameters [(identifier) @given ","]*)?)] @block
  (#set! implicit "it _1") (#set! itself "tap then yield_self") (#set! second "inject reduce") (#set! all "sort min max"))
([(block parameters: (block_parameters [(identifier) @given ","]*)?) (do_block parameters: (block_parameters [(identifier) @given ","]*)?)] @block
  (#set! implicit "it _1"))

; --- imports
((call !receiver method: (identifier) @_word arguments: (argument_list (string (string_content) @module))) @import
  (#any-of? @_word "require" "load") (#set! star ""))
((call !receiver method: (identifier) @_word arguments: (argument_list (string (string_content) @module))) @import
  (#eq? @_word "require_relative") (#set! star "") (#set! before "./"))

; --- results and decisions
(return (argument_list . (_) @value .)) @result
(method body: (body_statement (_) @value .)) @result
(singleton_method body: (body_statement (_) @value .)) @result
[(if) (unless) (elsif) (if_modifier) (unless_modifier) (while) (until) (while_modifier) (until_modifier) (for) (when)
 (rescue) (rescue_modifier) (conditional)] @complexity
(binary ["&&" "||" "and" "or"]) @complexity
(comment) @comment

; Scala: what its syntax means in the words of the graph.

; --- definitions
(class_definition name: (identifier) @name body: (_)? @scope (#set! flags "exported")) @definition.class
(trait_definition name: (identifier) @name body: (_)? @scope (#set! flags "exported")) @definition.trait
(object_definition name: (identifier) @name body: (_)? @scope (#set! flags "exported")) @definition.object
(package_object name: (identifier) @name body: (_)? @scope (#set! flags "exported")) @definition.object
(enum_definition name: (identifier) @name body: (_)? @scope (#set! flags "exported")) @definition.enum
(simple_enum_case name: (identifier) @name (#set! flags "exported")) @definition.enum-member
(full_enum_case name: (identifier) @name (#set! flags "exported")) @definition.class
(function_definition name: (_) @name parameters: (_) return_type: (_)? @return body: (_) @scope (#set! flags "exported")) @definition.function
(function_definition name: (_) @name !parameters return_type: (_)? @return body: (_) @scope (#set! flags "exported property")) @definition.function
(function_declaration name: (_) @name return_type: (_)? @return (#set! flags "exported abstract")) @definition.function
(extension_definition parameters: (parameters (parameter type: (_) @owner))
  body: (function_definition name: (_) @name body: (_) @scope (#set! flags "exported")) @definition.function)
(class_definition (modifiers "implicit") class_parameters: (class_parameters . (class_parameter type: (_) @owner))
  body: (template_body (function_definition name: (_) @name parameters: (_) return_type: (_)? @return body: (_) @scope (#set! inside "") (#set! flags "exported")) @definition.function))
(class_definition (modifiers "implicit") class_parameters: (class_parameters . (class_parameter type: (_) @owner))
  body: (template_body (function_definition name: (_) @name !parameters return_type: (_)? @return body: (_) @scope (#set! inside "") (#set! flags "exported property")) @definition.function))
(val_definition pattern: (identifier) @name type: (_)? @type value: (_) @value (#set! flags "exported")) @definition.variable
(var_definition pattern: (identifier) @name type: (_)? @type value: (_) @value (#set! flags "exported")) @definition.variable
(val_declaration name: (identifier) @name type: (_) @type (#set! flags "exported abstract")) @definition.field
(var_declaration name: (identifier) @name type: (_) @type (#set! flags "exported abstract")) @definition.field
(class_parameter name: (identifier) @name type: (_) @type (#set! flags "exported")) @definition.field
(type_definition name: (type_identifier) @name type: (_) @type) @definition.type

; --- their headers
(type_parameters name: (identifier) @generic . bound: (upper_bound type: (_) @bound)?)
(package_clause name: (_) @package)
(parameter name: (identifier) @name type: (_)? @type default_value: (_)? @value) @parameter
(modifiers) @modifier
(annotation name: (_) @name) @decoration
(extends_clause [(type_identifier) (generic_type) (stable_type_identifier)] @inherit)

; --- variables
(lambda_expression parameters: (identifier) @name) @variable
(lambda_expression parameters: (bindings (binding name: (identifier) @name type: (_)? @type) @variable))
(enumerator . (identifier) @name . (_) @value (#set! each "")) @variable
(typed_pattern pattern: (identifier) @name type: (_) @type) @variable
(case_class_pattern pattern: (identifier) @name @variable)
(case_clause pattern: (identifier) @name) @variable
(match_expression value: (_) @value body: (case_block (case_clause pattern: (identifier) @name @variable)))
(tuple_pattern (identifier) @name @variable)
(assignment_expression left: (_) @target right: (_) @value) @assignment
(arguments (assignment_expression left: (identifier) @skip))

; --- expressions
((call_expression function: (_) @callee arguments: (arguments [(_) @argument ","]*)) @call (#set! overloads ""))
(call_expression function: (_) @callee) @call
(generic_function function: (_) @base) @expression.typed
(field_expression value: (_) @base field: (_) @name) @expression.attribute
(stable_type_identifier . (_) @base (type_identifier) @name) @expression.attribute
(stable_identifier . (_) @base (identifier) @name .) @expression.attribute
(infix_expression left: (_) @receiver operator: (identifier) @name) @call
((instance_expression . (_) @type (arguments [(_) @argument ","]*)?) @expression.new (#set! overloads "") (#set! types ""))
(generic_type type: (_) @base type_arguments: (type_arguments [(_) @argument ","]*)) @expression.typed
(parenthesized_expression (_) @value) @expression.same
(if_expression consequence: (_) @value alternative: (_) @value) @expression.any
(block (_) @value .) @expression.same
([(string) (interpolated_string_expression)] @expression.literal (#set! type "String"))
((integer_literal) @expression.literal (#set! type "Int") (#set! endings "L Long l Long"))
((floating_point_literal) @expression.literal (#set! type "Double") (#set! endings "F Float f Float"))
((boolean_literal) @expression.literal (#set! type "Boolean"))
((character_literal) @expression.literal (#set! type "Char"))
((infix_expression operator: (operator_identifier) @_sign) @expression.literal
  (#any-of? @_sign "==" "!=" "<" ">" "<=" ">=" "&&" "||" "eq" "ne") (#set! type "Boolean"))
((infix_expression left: (_) @value operator: (operator_identifier) @_sign right: (_) @value) @expression.operation
  (#any-of? @_sign "+" "-" "*" "/" "%") (#set! wins "String Double Float Long"))
((identifier) @expression.self (#eq? @expression.self "this"))
((identifier) @expression.super (#eq? @expression.super "super"))
[(identifier) (type_identifier)] @read

(wildcard) @expression.given
((call_expression function: (identifier) @_name arguments: (arguments [(_) @value ","]*)) @expression.sequence
  (#any-of? @_name "List" "Seq" "Vector" "Set" "Array" "IndexedSeq" "Some" "Option"))

; --- anonymous functions
(call_expression function: (field_expression value: (_) @receiver field: (identifier) @name) arguments: [
    (arguments (lambda_expression parameters: [(identifier) @given (bindings [(binding name: (identifier) @given) ","]*)]) @block)
    (block . (lambda_expression parameters: [(identifier) @given (bindings [(binding name: (identifier) @given) ","]*)]) @block .)]
  (#set! all "sortWith reduce reduceLeft"))
(call_expression function: (call_expression function: (field_expression value: (_) @receiver field: (identifier) @name))
  arguments: (arguments (lambda_expression parameters: (bindings [(binding name: (identifier) @given) ","]*)) @block)
  (#set! second "foldLeft fold"))
(call_expression function: (field_expression value: (_) @receiver field: (identifier) @name) arguments: (arguments . (_) @block .)
  (#set! implicit "_"))
(lambda_expression parameters: [(identifier) @given (bindings [(binding name: (identifier) @given) ","]*)]) @block

; --- imports
(import_declaration . path: (identifier) @module (#set! path "") (#set! split ".")) @import
(import_declaration . path: (identifier) @module (namespace_wildcard) (#set! path "") (#set! star "")) @import
(import_declaration . path: (identifier) @module (namespace_selectors (identifier) @name @import) (#set! path ""))
(import_declaration . path: (identifier) @module (namespace_selectors
  (arrow_renamed_identifier name: (_) @name alias: (_) @alias) @import) (#set! path ""))
(import_declaration . path: (identifier) @module (namespace_selectors (namespace_wildcard) @import) (#set! path "") (#set! star ""))
(import_declaration (identifier) @skip)
(namespace_selectors (identifier) @skip)
(interpolated_string_expression interpolator: (identifier) @skip)
(arrow_renamed_identifier (_) @skip)

; --- results and decisions
(function_definition body: (_) @value) @result
[(if_expression) (for_expression) (while_expression) (do_while_expression) (case_clause) (catch_clause)] @complexity
((operator_identifier) @complexity (#any-of? @complexity "&&" "||"))
[(comment) (block_comment)] @comment

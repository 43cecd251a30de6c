; Kotlin: what its syntax means in the words of the graph.

; --- definitions
(class_declaration "class" name: (identifier) @name (class_body)? @scope (#set! flags "exported")) @definition.class
(class_declaration "class" name: (identifier) @name (enum_class_body) @scope (#set! flags "exported")) @definition.enum
(class_declaration "interface" name: (identifier) @name (class_body)? @scope (#set! flags "exported")) @definition.interface
(object_declaration name: (identifier) @name (class_body)? @scope (#set! flags "exported")) @definition.object
(enum_entry (identifier) @name (#set! flags "exported")) @definition.enum-member
(function_declaration name: (identifier) @name (function_value_parameters)
  [(user_type) (nullable_type)]? @return (function_body)? @scope (#set! flags "exported")) @definition.function
(class_body (function_declaration [(user_type) (nullable_type)] @owner "." name: (identifier) @name (function_value_parameters)
  [(user_type) (nullable_type)]? @return (function_body)? @scope (#set! inside "") (#set! flags "exported")) @definition.method)
(function_declaration [(user_type) (nullable_type)] @owner "." name: (identifier) @name (function_value_parameters)
  [(user_type) (nullable_type)]? @return (function_body)? @scope (#set! flags "exported")) @definition.function
(secondary_constructor (block)? @scope (#set! name "constructor") (#set! flags "exported")) @definition.constructor
(anonymous_initializer (block) @scope (#set! name "init")) @definition.method
(property_declaration (variable_declaration (identifier) @name (_)? @return) (getter (function_body) @scope)
  (#set! flags "property exported")) @definition.property
(property_declaration (variable_declaration . (identifier) @name . [(user_type) (nullable_type)]? @type) . (_)? @value
  (#set! flags "exported")) @definition.variable
(property_declaration (multi_variable_declaration (variable_declaration . (identifier) @name) @definition.variable))
(companion_object "companion" @value name: (identifier) @name (#set! flags "exported")) @definition.field
(class_parameter (identifier) @name . (_) @type (#set! flags "exported")) @definition.field
(type_alias type: (identifier) @name (_) @type .) @definition.type

; --- their headers
(type_parameter (identifier) @generic (_)? @bound)
(type_constraint (identifier) @generic (_) @bound)
(package_header (_) @package)
(function_value_parameters (parameter . (identifier) @name . (_) @type) @parameter)
(function_value_parameters (parameter . (identifier) @name . (_) @type) @parameter . "=" . (_) @value)
(function_value_parameters (parameter_modifiers) . (parameter . (identifier) @name . (_) @type) @parameter (#set! variadic ""))
(modifiers (_) @modifier)
((modifiers (visibility_modifier) @modifier) (#any-of? @modifier "private" "fileprivate") (#set! closes ""))
(annotation [(user_type) @name (constructor_invocation (user_type) @name)]) @decoration
(delegation_specifier [
  (user_type) @inherit
  (constructor_invocation (user_type) @inherit)
  (explicit_delegation (user_type) @inherit)])

; --- variables
(lambda_parameters (variable_declaration . (identifier) @name . [(user_type) (nullable_type)]? @type) @variable)
(for_statement (variable_declaration . (identifier) @name) . (_) @value (#set! each "")) @variable
(catch_block (identifier) @name . (_) @type) @variable
(assignment left: (_) @target right: (_) @value) @assignment

; --- expressions
((call_expression . (_) @callee (value_arguments [(value_argument (_) @argument .) ","]*)? (annotated_lambda)? @argument) @call
  (#set! overloads ""))
((navigation_expression . (_) @value (identifier) @_name .) @expression.same (#eq? @_name "Companion"))
((call_expression . (navigation_expression . (_) @value (identifier) @_name .) (annotated_lambda)) @expression.same
  (#any-of? @_name "apply" "also"))
(navigation_expression . (_) @base (identifier) @name .) @expression.attribute
(index_expression . (_) @base) @expression.item
(unary_expression argument: (_) @value) @expression.same
(parenthesized_expression (_) @value) @expression.same
(as_expression right: (_) @type) @expression.cast
(user_type . (identifier) @value .) @expression.same
(user_type . (identifier) @base . (type_arguments [(type_projection (_) @argument) ","]*)) @expression.typed
(user_type . (identifier) @base . (identifier) @name .) @expression.attribute
(nullable_type (_) @value) @expression.same
(if_expression "else" . (_) @value) @expression.any
(binary_expression left: (_) @value "?:" right: (_) @value) @expression.any
(infix_expression . (_) @receiver . (identifier) @name . (_)) @call
(this_expression) @expression.self
(companion_object "companion" @expression.class name: (identifier))
([(string_literal) (multiline_string_literal)] @expression.literal (#set! type "String"))
((number_literal) @expression.literal (#set! type "Int") (#set! endings "L Long"))
((float_literal) @expression.literal (#set! type "Double") (#set! endings "F Float f Float"))
((character_literal) @expression.literal (#set! type "Char"))
((identifier) @expression.literal (#any-of? @expression.literal "true" "false") (#set! type "Boolean"))
((binary_expression ["==" "!=" "===" "!==" "<" ">" "<=" ">=" "&&" "||"]) @expression.literal (#set! type "Boolean"))
([(is_expression) (in_expression)] @expression.literal (#set! type "Boolean"))
((binary_expression left: (_) @value ["+" "-" "*" "/" "%"] right: (_) @value) @expression.operation (#set! wins "String Double Float Long"))
(super_expression) @expression.super
(identifier) @read

; --- anonymous functions
(call_expression . (navigation_expression . (_) @receiver (identifier) @name .)
  (annotated_lambda (lambda_literal (lambda_parameters [(variable_declaration . (identifier) @given) ","]*)?) @block)
  (#set! implicit "it") (#set! itself "let also takeIf takeUnless") (#set! second "foldIndexed forEachIndexed mapIndexed")
  (#set! all "sortedWith reduce") (#set! within "apply run"))
(call_expression . (call_expression . (identifier) @name (value_arguments . (value_argument (_) @receiver .) .))
  (annotated_lambda (lambda_literal) @block) (#set! implicit "it") (#set! within "with"))
(call_expression . (call_expression . (navigation_expression . (_) @receiver (identifier) @name .) (value_arguments))
  (annotated_lambda (lambda_literal (lambda_parameters [(variable_declaration . (identifier) @given) ","]*)?) @block)
  (#set! implicit "it") (#set! second "fold"))
(lambda_literal (lambda_parameters [(variable_declaration . (identifier) @given) ","]*)? (#set! implicit "it")) @block
((call_expression . (identifier) @_name (value_arguments [(value_argument (_) @value .) ","]*)) @expression.sequence
  (#any-of? @_name "listOf" "mutableListOf" "setOf" "mutableSetOf" "arrayOf" "sequenceOf" "listOfNotNull" "arrayListOf"))

; --- imports
(import (qualified_identifier) @module (#set! split ".")) @import
(import (qualified_identifier) @module "as" (identifier) @alias (#set! split ".")) @import
(import (qualified_identifier) @module "*" (#set! star "")) @import

; --- results and decisions
(return_expression (_) @value) @result
(function_body "=" (_) @value) @result
[(if_expression) (for_statement) (while_statement) (do_while_statement) (when_entry) (catch_block)] @complexity
(binary_expression ["&&" "||" "?:"]) @complexity
[(line_comment) (block_comment)] @comment

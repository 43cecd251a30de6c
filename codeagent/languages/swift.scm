; Swift: what its syntax means in the words of the graph.

; --- definitions
(class_declaration "class" name: (type_identifier) @name body: (_) @scope (#set! flags "exported")) @definition.class
(class_declaration "actor" name: (type_identifier) @name body: (_) @scope (#set! flags "exported")) @definition.class
(class_declaration "struct" name: (type_identifier) @name body: (_) @scope (#set! flags "exported")) @definition.struct
(class_declaration "enum" name: (type_identifier) @name body: (_) @scope (#set! flags "exported")) @definition.enum
(class_declaration "extension" name: (user_type (type_identifier) @name .) body: (_) @scope (#set! reopens "") (#set! extends "") (#set! flags "exported")) @definition.class
(protocol_declaration name: (type_identifier) @name body: (_) @scope (#set! flags "exported")) @definition.interface
(enum_entry name: (simple_identifier) @name (#set! flags "exported")) @definition.enum-member
(function_declaration name: (simple_identifier) @name ("->" . (_) @return)? body: (_) @scope (#set! flags "exported")) @definition.function
(protocol_function_declaration name: (simple_identifier) @name "->" . (_) @return (#set! flags "abstract exported")) @definition.method
(protocol_function_declaration name: (simple_identifier) @name (#set! flags "abstract exported")) @definition.method
(protocol_property_declaration name: (pattern bound_identifier: (simple_identifier) @name) (type_annotation (_) @type)
  (#set! flags "exported")) @definition.property
(init_declaration body: (_)? @scope (#set! name "init") (#set! flags "exported")) @definition.constructor
(deinit_declaration body: (_) @scope (#set! name "deinit")) @definition.method
(subscript_declaration (computed_property) @scope (#set! name "subscript")) @definition.method
(property_declaration name: (pattern bound_identifier: (simple_identifier) @name) (type_annotation (_) @return)
  computed_value: (_) @scope (#set! flags "property exported")) @definition.property
(property_declaration name: (pattern bound_identifier: (simple_identifier) @name) . (type_annotation (_) @type)? . value: (_)? @value
  (#set! flags "exported")) @definition.variable
(typealias_declaration name: (type_identifier) @name name: (_) @type) @definition.type

; --- their headers
((parameter name: (simple_identifier) @name name: (_) @type) @parameter (#set! labels "external_name"))
((parameter name: (simple_identifier) @name name: (_) @type) @parameter . "=" . (_) @value (#set! labels "external_name"))
((parameter name: (simple_identifier) @name name: (_) @type "..." @_rest) @parameter
  (#set! labels "external_name") (#set! variadic ""))
(modifiers (_) @modifier)
((modifiers (visibility_modifier) @modifier) (#any-of? @modifier "private" "fileprivate") (#set! closes ""))
(attribute (user_type) @name) @decoration
(inheritance_specifier inherits_from: (_) @inherit)

; --- variables
(if_statement bound_identifier: (simple_identifier) @name . (_) @value) @variable
(guard_statement bound_identifier: (simple_identifier) @name . (_) @value) @variable
(while_statement bound_identifier: (simple_identifier) @name . (_) @value) @variable
(for_statement item: (pattern bound_identifier: (simple_identifier) @name) collection: (_) @value (#set! each "")) @variable
(lambda_parameter name: (simple_identifier) @name) @variable
(switch_pattern (pattern (pattern bound_identifier: (simple_identifier) @name) @variable))
(catch_block error: (pattern) @name) @variable
(assignment target: (directly_assignable_expression (_) @target) result: (_) @value) @assignment

; --- expressions
((call_expression . (_) @callee
  (call_suffix (value_arguments [(value_argument name: (_)? @label value: (_) @argument) ","]*)?
    [(lambda_literal) @trailing (simple_identifier) @label ":"]*)) @call
  (#set! overloads "") (#set! labels ""))
(navigation_expression target: (_) @base suffix: (navigation_suffix suffix: (simple_identifier) @name)) @expression.attribute
(try_expression expr: (_) @value) @expression.same
(await_expression expr: (_) @value) @expression.await
(tuple_expression value: (_) @value) @expression.same
(postfix_expression target: (_) @value) @expression.same
(as_expression (as_operator) . (_) @type) @expression.cast
(key_path_expression (_) @type) @expression.cast
(user_type . (type_identifier) @value .) @expression.same
(user_type . (type_identifier) @base . (type_identifier) @name .) @expression.attribute
(user_type . (type_identifier) @base . (type_arguments [(_) @argument ","]*)) @expression.typed
(optional_type wrapped: (_) @value) @expression.same
(nil_coalescing_expression value: (_) @value if_nil: (_) @value) @expression.any
(ternary_expression if_true: (_) @value if_false: (_) @value) @expression.any
(self_expression) @expression.self
([(line_string_literal) (multi_line_string_literal) (raw_string_literal)] @expression.literal (#set! type "String") (#set! adds ""))
([(integer_literal) (hex_literal) (oct_literal) (bin_literal)] @expression.literal (#set! type "Int") (#set! adds ""))
((real_literal) @expression.literal (#set! type "Double") (#set! adds ""))
((boolean_literal) @expression.literal (#set! type "Bool") (#set! adds ""))
([(equality_expression) (comparison_expression) (conjunction_expression) (disjunction_expression)] @expression.literal (#set! type "Bool") (#set! adds ""))
(additive_expression lhs: (_) @value rhs: (_) @value) @expression.operation
(multiplicative_expression lhs: (_) @value rhs: (_) @value) @expression.operation
(prefix_expression operation: _ @_sign target: (_) @value (#not-eq? @_sign ".")) @expression.same
(super_expression) @expression.super
((simple_identifier) @expression.class (#eq? @expression.class "Self"))
((type_identifier) @expression.class (#eq? @expression.class "Self"))
[(simple_identifier) (type_identifier)] @read

(array_type (_) @value (#set! types "")) @expression.sequence
(dictionary_type (_) ":" (_) @value (#set! types "")) @expression.sequence
(array_literal element: (_) @value) @expression.sequence

; --- anonymous functions
(call_expression . (navigation_expression target: (_) @receiver suffix: (navigation_suffix suffix: (simple_identifier) @name))
  (call_suffix (lambda_literal type: (lambda_function_type (lambda_function_type_parameters
    [(lambda_parameter name: (simple_identifier) @given) ","]*))?) @block)
  (#set! implicit "$0 $1") (#set! second "reduce") (#set! all "sorted sort min max"))
(call_expression . (navigation_expression target: (_) @receiver suffix: (navigation_suffix suffix: (simple_identifier) @name))
  (call_suffix (value_arguments (value_argument value: (lambda_literal type: (lambda_function_type (lambda_function_type_parameters
    [(lambda_parameter name: (simple_identifier) @given) ","]*))?) @block)))
  (#set! implicit "$0 $1") (#set! second "reduce") (#set! all "sorted sort min max"))
(lambda_literal type: (lambda_function_type (lambda_function_type_parameters
  [(lambda_parameter name: (simple_identifier) @given) ","]*))? (#set! implicit "$0 $1")) @block

; --- names that are no uses
(value_argument_label (simple_identifier) @skip)
(parameter external_name: (simple_identifier) @skip)
(type_parameter . (type_identifier) @generic name: (_)? @bound)
(prefix_expression operation: "." target: (simple_identifier) @skip)

; --- imports
(import_declaration (identifier) @module) @import

; --- results and decisions
(control_transfer_statement "return" result: (_) @value) @result
(function_declaration body: (function_body (statements . (_) @value .))) @result
[(if_statement) (guard_statement) (for_statement) (while_statement) (repeat_while_statement) (switch_entry) (catch_block)
 (ternary_expression)] @complexity
[(conjunction_expression) (disjunction_expression) (nil_coalescing_expression)] @complexity
[(comment) (multiline_comment)] @comment

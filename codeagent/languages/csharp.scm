; C#: what its syntax means in the words of the graph.

; --- definitions
(class_declaration name: (identifier) @name (type_parameter_list)? @arity body: (_)? @scope (#set! reopens "")) @definition.class
(record_declaration name: (identifier) @name (type_parameter_list)? @arity body: (_)? @scope (#set! reopens "")) @definition.class
(struct_declaration name: (identifier) @name (type_parameter_list)? @arity body: (_)? @scope (#set! reopens "")) @definition.struct
(interface_declaration name: (identifier) @name (type_parameter_list)? @arity body: (_)? @scope (#set! reopens "")) @definition.interface
(enum_declaration name: (identifier) @name body: (_)? @scope) @definition.enum
(delegate_declaration name: (identifier) @name type_parameters: (_)? @arity) @definition.type
(enum_member_declaration name: (identifier) @name) @definition.enum-member
(method_declaration returns: (_) @return name: (identifier) @name body: (_)? @scope) @definition.method
((method_declaration returns: (_) @return name: (identifier) @name
  parameters: (parameter_list . (parameter (modifier) @_this type: (_) @owner)) body: (_) @scope) @definition.method
  (#eq? @_this "this") (#set! inside ""))
(constructor_declaration name: (identifier) @name body: (_)? @scope) @definition.constructor
(destructor_declaration name: (identifier) @name body: (_)? @scope) @definition.method
(operator_declaration type: (_) @return body: (_)? @scope (#set! name "operator")) @definition.method
(conversion_operator_declaration type: (_) @return body: (_)? @scope (#set! name "operator")) @definition.method
(indexer_declaration type: (_) @return accessors: (_)? @scope (#set! name "this")) @definition.method
(local_function_statement type: (_) @return name: (identifier) @name body: (_)? @scope) @definition.function
(property_declaration type: (_) @return name: (identifier) @name value: (arrow_expression_clause (_) @scope)
  (#set! flags "property")) @definition.property
(property_declaration type: (_) @return name: (identifier) @name
  accessors: (accessor_list (accessor_declaration body: (_))) @scope (#set! flags "property")) @definition.property
(property_declaration type: (_) @type name: (identifier) @name accessors: (accessor_list)) @definition.property
(record_declaration (parameter_list (parameter type: (_) @type name: (identifier) @name) @definition.property)
  (#set! flags "exported"))
(field_declaration (variable_declaration type: (_) @type
  (variable_declarator name: (identifier) @name (_)? @value))) @definition.field
(event_field_declaration (variable_declaration type: (_) @type
  (variable_declarator name: (identifier) @name))) @definition.field

; --- what only a type can be called
(_ type: [(identifier) @typename
  (generic_name . (identifier) @typename (type_argument_list) @arity)])
(_ returns: [(identifier) @typename
  (generic_name . (identifier) @typename (type_argument_list) @arity)])
(as_expression right: [(identifier) @typename
  (generic_name . (identifier) @typename (type_argument_list) @arity)])
(type_argument_list [(identifier) @typename
  (generic_name . (identifier) @typename (type_argument_list) @arity)])
(base_list [(identifier) @typename
  (generic_name . (identifier) @typename (type_argument_list) @arity)])
(explicit_interface_specifier (generic_name . (identifier) @typename (type_argument_list) @arity))
(constant_pattern (generic_name . (identifier) @typename (type_argument_list) @arity))
(using_directive (generic_name . (identifier) @typename (type_argument_list) @arity))
(qualified_name qualifier: (generic_name . (identifier) @typename (type_argument_list) @arity))
(member_access_expression expression: (generic_name . (identifier) @typename (type_argument_list) @arity))
(attribute name: (generic_name . (identifier) @typename (type_argument_list) @arity))
((invocation_expression function: (identifier) @_nameof arguments: (argument_list (argument
  (generic_name . (identifier) @typename (type_argument_list) @arity)))) (#eq? @_nameof "nameof"))

; --- what may be of a value or of the type that it is called like
(member_access_expression expression: (identifier) @alike
  name: [(identifier) @name (generic_name . (identifier) @name)])
(is_pattern_expression pattern: (constant_pattern (identifier) @alike))

; --- their headers
(type_parameter name: (identifier) @generic)
(type_parameter_constraints_clause (identifier) @generic (type_parameter_constraint type: (_) @bound))
(file_scoped_namespace_declaration name: (_) @package)
(namespace_declaration name: (_) @package)
(parameter type: (_)? @type name: (identifier) @name) @parameter
(parameter type: (_)? @type name: (identifier) @name "=" (_) @value) @parameter
(parameter_list type: (_) @type name: (identifier) @name (#set! variadic "")) @parameter
(modifier) @modifier
((modifier "const") @modifier (#set! means "static"))
(attribute name: (_) @name) @decoration
(base_list (_) @inherit)

; --- variables
(local_declaration_statement (variable_declaration type: (_) @type
  (variable_declarator name: (identifier) @name (_)? @value))) @variable
(using_statement (variable_declaration type: (_) @type
  (variable_declarator name: (identifier) @name (_)? @value))) @variable
((foreach_statement type: (implicit_type) left: (identifier) @name right: (_) @value) @variable (#set! each ""))
(foreach_statement type: [(identifier) (generic_name) (qualified_name)] @type left: (identifier) @name) @variable
(declaration_pattern type: (_) @type name: (identifier) @name) @variable
(catch_declaration type: (_) @type name: (identifier) @name) @variable
(declaration_expression type: (_) @type name: (identifier) @name) @variable
(lambda_expression parameters: (implicit_parameter) @name) @variable
(expression_statement (assignment_expression left: (_) @target right: (_) @value)) @assignment

; --- expressions
((invocation_expression function: (_) @callee arguments: (argument_list [(argument (_) @argument .) ","]*)) @call
  (#set! overloads ""))
(member_access_expression expression: (member_access_expression expression: _ @base
  name: (generic_name . (identifier) @name (type_argument_list [(_) @argument ","]*) @arity)) @expression.attribute)
(member_access_expression expression: _ @base name: [(identifier) @name (generic_name . (identifier) @name)]) @expression.attribute
(conditional_access_expression condition: _ @base
  (member_binding_expression name: [(identifier) @name (generic_name . (identifier) @name)])) @expression.attribute
(qualified_name qualifier: (_) @base name: [(identifier) @name
  (generic_name . (identifier) @name (type_argument_list [(_) @argument ","]*) @arity)]) @expression.attribute
(generic_name . (identifier) @base (type_argument_list [(_) @argument ","]*)) @expression.typed
((object_creation_expression type: (_) @type arguments: (argument_list [(argument (_) @argument .) ","]*)?) @expression.new
  (#set! overloads ""))
(object_creation_expression type: (_) @base initializer: (initializer_expression
  (assignment_expression left: (identifier) @name @expression.attribute)))
(element_access_expression expression: (_) @base) @expression.item
(await_expression (_) @value) @expression.await
(parenthesized_expression (_) @value) @expression.same
(postfix_unary_expression (_) @value) @expression.same
(nullable_type type: (_) @value) @expression.same
(cast_expression type: (_) @type) @expression.cast
(as_expression right: (_) @type) @expression.cast
(conditional_expression consequence: (_) @value alternative: (_) @value) @expression.any
(binary_expression left: (_) @value "??" right: (_) @value) @expression.any
"this" @expression.self
"base" @expression.super
([(string_literal) (verbatim_string_literal) (raw_string_literal) (interpolated_string_expression)] @expression.literal (#set! type "string"))
((integer_literal) @expression.literal (#set! type "int") (#set! endings "L long l long U uint u uint"))
((real_literal) @expression.literal (#set! type "double") (#set! endings "F float f float M decimal m decimal"))
((boolean_literal) @expression.literal (#set! type "bool"))
((character_literal) @expression.literal (#set! type "char"))
((binary_expression ["==" "!=" "<" ">" "<=" ">=" "&&" "||"]) @expression.literal (#set! type "bool"))
((is_pattern_expression) @expression.literal (#set! type "bool"))
((prefix_unary_expression "!") @expression.literal (#set! type "bool"))
(prefix_unary_expression ["-" "+"] (_) @value) @expression.same
((binary_expression left: (_) @value ["+" "-" "*" "/" "%"] right: (_) @value) @expression.operation (#set! wins "string double decimal float long"))
(predefined_type) @expression.primitive
(preproc_pragma (identifier) @skip)
(identifier) @read

(array_type type: (_) @value (#set! types "")) @expression.sequence
(implicit_array_creation_expression (initializer_expression (_) @value)) @expression.sequence

; --- anonymous functions
(invocation_expression function: (member_access_expression expression: (_) @receiver name: (_) @name)
  arguments: (argument_list (argument (lambda_expression parameters:
    [(implicit_parameter) @given (parameter_list [(parameter !type name: (identifier) @given) ","]*)]) @block))
  (#set! second "Aggregate"))
(lambda_expression parameters: [(implicit_parameter) @given (parameter_list [(parameter name: (identifier) @given) ","]*)]) @block

; --- imports
(using_directive !name [(identifier) (qualified_name)] @module (#set! star "")) @import
(using_directive "global" !name [(identifier) (qualified_name)] @module (#set! star "") (#set! everywhere "")) @import
(using_directive name: (identifier) @alias [(identifier) (qualified_name)] @module (#set! split ".")) @import
(using_directive "global" name: (identifier) @alias [(identifier) (qualified_name)] @module
  (#set! split ".") (#set! everywhere "")) @import

; --- results and decisions
(return_statement (_) @value) @result
(method_declaration body: (arrow_expression_clause (_) @value) @result)
(property_declaration value: (arrow_expression_clause (_) @value) @result)
[(if_statement) (for_statement) (foreach_statement) (while_statement) (do_statement) (catch_clause)
 (switch_section) (switch_expression_arm) (conditional_expression)] @complexity
(binary_expression ["&&" "||" "??"]) @complexity
(comment) @comment

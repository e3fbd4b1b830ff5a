"""The complete list of what openapi-core does wrong for this mock, and what the mock does instead.

Each correction has the name of its tests. The comments name the module that implements the corrections below them.
"""

CORRECTIONS = {
    # contract/document/adjustments.py: the document is adjusted in memory before openapi-core reads it.
    "null_beside_all_of": "openapi-core rejects null for `nullable: true` beside `allOf` in OpenAPI 3.0. The mock "
    "accepts null, because this is what the authors of such documents mean.",
    "null_beside_alternatives": "openapi-core rejects null for `nullable: true` beside `oneOf` or `anyOf` in OpenAPI "
    "3.0, unless an alternative accepts null. The mock accepts null, for the same reason.",
    "bare_discriminator_mapping": "openapi-core reads a schema name in a discriminator's mapping as the path of a "
    "file. The mock reads it as the name of a schema in `components`, as OpenAPI requires.",
    "references": "openapi-core does not find the `$anchor`, `$dynamicAnchor` and `$id` of components, resolves local "
    "references against the `$id` around them (in OpenAPI 3.0 against `id`), and fetches what it does not find. The "
    "mock replaces all references by JSON pointers when it loads the document, and fetches nothing.",
    "invalid_keywords": "openapi-core ignores some invalid values of keywords, and crashes on others, such as "
    "`type: strng`. The mock removes such keywords when it loads the document, and says so in a note.",
    "required_marks": "openapi-core looks for `readOnly` and `writeOnly` only in the schema that has `required`. The "
    "mock also finds them through `$ref` and `allOf`, and copies them beside `required`.",
    "keywords_beside_reference": "openapi-core ignores the keywords beside the outermost `$ref` of a schema. In "
    "OpenAPI 3.1 they apply, so the mock moves such a `$ref` into `allOf`.",
    "boolean_schema": "openapi-core crashes if the schema of a media type or parameter is true or false. The mock "
    "replaces them by `{}` and `{not: {}}`, which mean the same in JSON Schema.",
    "parameter_without_schema": "openapi-core reports a parameter without `schema` and `content` as missing, also if "
    "it is sent, and crashes on a schema that is null. The mock accepts any value.",
    "ignored_headers": "openapi-core validates header parameters named Accept, Authorization or Content-Type. The "
    "mock accepts any value, because OpenAPI ignores such parameters.",
    "empty_content": "openapi-core rejects every message if `content` is `{}`. The mock treats such a request or reply "
    "as one without a documented body, because converters of Swagger 2.0 write this.",
    "deprecated_is_silent": "openapi-core emits a Python warning for each message with a deprecated parameter or "
    "header. The mock emits none, because deprecated parameters are valid.",
    "unknown_style_is_silent": "openapi-core emits a Python warning for each parameter with an unknown style. The "
    "mock uses the default style of the parameter's place.",
    # parameter_styles.py: openapi-core takes functions for styles and a factory of casters.
    "path_styles": "openapi-core looks for `label` and `matrix` parameters under the names `.name` and `;name`, which "
    "no path template contains. The mock reads them from the path segment.",
    "deep_object_names": "openapi-core inserts the name of a `deepObject` parameter into a regular expression without "
    "escaping it, and supports only word characters in member names. The mock reads all names, nested ones too.",
    "delimited_queries": "openapi-core looks for `%20` in a query that is already decoded, and rejects exploded "
    "lists. The mock splits lists at the decoded space, and reads exploded lists as repeated parameters.",
    "deep_object_arrays": "openapi-core reads an array in a `deepObject` parameter as text if it is sent once, and "
    "supports no brackets. The mock reads `q[a]=1`, `q[a][]=1` and `q[a][0]=1` as arrays if the schema wants one.",
    "header_lists": "openapi-core keeps the spaces and the empty elements of a list in a header. The mock ignores "
    "both, as RFC 9110 (section 5.6.1) requires.",
    "cookie_lists": "openapi-core does not split exploded arrays and objects in cookies. The mock reads `q=1; q=2` and "
    "`q=1&q=2` as arrays, and the members of an object as cookies of their own.",
    # casters.py: openapi-core takes a factory of casters.
    "text_values": "openapi-core reads booleans and numbers in parameters, headers and form members as Python does: "
    "`yes`, `1_000`, ` 5 ` and `NaN` are accepted. The mock reads them as JSON (RFC 8259).",
    "untyped_values": "openapi-core converts a value only by `type`, or by the first alternative that can convert it. "
    "The mock also looks at `enum`, `const` and all parts of a schema. It takes the first type with a valid value.",
    "type_lists": "openapi-core crashes if the type of a parameter or form member is a list, as OpenAPI 3.1 allows. "
    "The mock tries the types in the order of the list.",
    "optional_arrays": "openapi-core does not recognise an array or object in `anyOf` or `allOf`. The mock does. "
    "Beside other types, it takes the first type with a valid value.",
    # body_readers.py: openapi-core takes readers by media type.
    "json_suffix": "openapi-core validates application/problem+json and other +json types as bytes. The mock parses "
    "them as JSON (RFC 6839).",
    "other_media_types": "openapi-core leaves text/csv, application/pdf and others as bytes. A schema of type string "
    "rejects bytes, except with the format `binary` of OpenAPI 3.0. The mock reads text/* as text, and all others as "
    "a string with one character for each byte.",
    "unparsed_formats": "openapi-core validates CSV, NDJSON, YAML, protobuf, event streams and the text of a number as "
    "a string or bytes, which a schema of their values rejects. The mock checks only the media type, unless the schema "
    "allows a string; and not the format `byte` of binary data.",
    "opaque_bodies": "openapi-core reads multipart/related as bytes, which no schema accepts. The mock does not check "
    "such bodies against their schemas.",
    # body_converter.py: used in place of openapi-core's readers of XML.
    "xml": "openapi-core reads XML into a tree, which no schema accepts, and expands entities. The mock converts XML "
    "to the value that the schema and its `xml` keywords describe, and refuses document types.",
    # form_reader.py: used in place of openapi-core's readers of forms.
    "undocumented_fields": "openapi-core drops form fields that `properties` does not describe, so that "
    "`additionalProperties`, `patternProperties` and `minProperties` have no effect. The mock validates all fields.",
    "composed_forms": "openapi-core reads a form as empty if its fields are described in a nested `allOf`, and "
    "validates numbers and booleans in an `allOf` as text. The mock finds the fields in every part of the schema.",
    "forms_without_objects": "openapi-core reads a form as an object also if its schema is a string, a number or an "
    "array, as in some published documents, so that no form is valid. The mock only checks that the form can be read.",
    "form_defaults": "openapi-core inserts the default of a form field that was not sent, which hides that it is "
    "required. The mock inserts nothing, as in JSON bodies.",
    "repeated_fields": "openapi-core reads only the first of several form fields with the same name. The mock reports "
    "the repetition, except for arrays and for fields whose type the schema does not restrict.",
    "field_encodings": "openapi-core reads only some encodings of a form field: no JSON object without `contentType`, "
    "no array of objects in one part, no style in multipart forms. The mock reads all of them.",
    "multipart_parts": "openapi-core leaves multipart parts as bytes or text, and reads a list that was not sent as "
    "empty. The mock converts a part to its schema's type, like a parameter, and treats the list as absent.",
    "part_headers": "openapi-core ignores the media type and the headers of a part of a multipart form. The mock "
    "compares them with the encoding of the part. It accepts a part without a media type, and one with "
    "application/octet-stream, which clients send for an unknown media type (RFC 7578, section 4.4).",
    # schema_validators.py: keywords are replaced.
    "patterns": "openapi-core matches patterns with Python's `re`, which cannot compile some, gives others a "
    "different meaning and may take forever. The mock matches them as ECMA-262 defines, in bounded time, also in "
    "`patternProperties`.",
    "unique_items": "openapi-core compares each item with each other item, which takes hours for a long list of "
    "objects, and does not distinguish nested true and 1. The mock looks at each item once.",
    "required_31": "openapi-core demands members in OpenAPI 3.1 that are required and `readOnly` in requests, or "
    "required and `writeOnly` in replies. The mock does not demand them, as in OpenAPI 3.0.",
    "multiple_of": "openapi-core divides binary floats, so 19.99 is not a multiple of 0.01. The mock calculates with "
    "the decimal numbers as they are written.",
    "formats": "openapi-core checks `time` by the older rules of draft 3, which allow no offset, crashes on `byte` if "
    "the text is not ASCII, and does not check most formats. The mock checks all formats of JSON Schema 2020-12, and "
    "those of OpenAPI's registry that have a grammar.",
    "unknown_dialect": "openapi-core crashes on a `jsonSchemaDialect` that it does not know. The mock uses the "
    "dialect of OpenAPI 3.1.",
    # discriminator_keywords.py: keywords are replaced.
    "undecided_discriminators": "openapi-core rejects a value if the discriminator's property is missing, or neither "
    "mapped nor the name of a schema. The mock lets the alternatives decide, as without a discriminator.",
    "names_of_other_schemas": "openapi-core looks for the name of a schema in the discriminator's property, also if it "
    "is no alternative or has mapped values. The mock looks only for alternatives without mapped values.",
    "discriminator_beside_all_of": "openapi-core validates only the selected schema if a discriminator is beside "
    "`allOf`. The mock validates all parts of `allOf`, and the selected schema too.",
    "inherited_discriminators": "openapi-core ignores the discriminator of a base schema, and never ends if a schema "
    "lists alternatives that have this schema in their `allOf`. The mock validates the selected descendant, which "
    "includes its base without the discriminator.",
    # openapi_core.py: methods are overridden.
    "allow_empty_value_is_silent": "openapi-core emits a Python warning for each message to an operation with "
    "`allowEmptyValue`. The mock emits none, because empty values are then valid.",
    "empty_values": "openapi-core validates an empty value against the schema, also with `allowEmptyValue`. The mock "
    "accepts it for any type, because no text without characters is a number, a boolean or a date.",
    "parameter_defaults": "openapi-core validates the default of a parameter or header that is missing, and then does "
    "not report it if it is required. The mock treats it as missing.",
    "transport_headers": "openapi-core reports a required reply header as missing that the server or the connection "
    "adds later, such as Date, Content-Length and Access-Control-Allow-Origin. The mock treats these as optional.",
    "exploded_form_object": "openapi-core reports an exploded form-style object in the query as missing. The mock "
    "collects its members from the query.",
    "media_type_ranges": "openapi-core validates a body as bytes if only a range such as `*/*` documents it. The mock "
    "reads the body by the media type that was sent.",
    "media_type_parameters": "openapi-core crashes on a media type parameter that has no equals sign, more than one, "
    "or the name of one of its own arguments. The mock uses only charset and boundary.",
    # credentials.py: openapi-core takes a factory of functions that check credentials.
    "http_scheme_case": "openapi-core compares the lower-case scheme of the Authorization header with the scheme as "
    "the document spells it. The mock ignores case in both, as RFC 9110 (section 11.1) requires.",
    "empty_credentials": "openapi-core accepts empty API keys, spaces after the scheme of an Authorization header "
    "and any text as Basic or Digest credentials. The mock accepts none of them (RFC 7617, RFC 7616).",
    "unsupported_security_is_silent": "openapi-core emits a Python warning for each message under oauth2 or "
    "openIdConnect, and crashes on mutualTLS. The mock accepts all three without a warning, as openapi-core accepts "
    "the first two.",
    # validator.py: checked before or after openapi-core.
    "empty_form": "openapi-core reports an urlencoded form without fields as a missing body. The mock validates it as "
    "an empty object, because such a form has no bytes.",
    "empty_path_parameter": "openapi-core accepts an empty path parameter. The mock reports it, because path "
    "parameters are always required.",
    "circular_schemas": "openapi-core exceeds Python's recursion limit if a schema applies itself to the same value. "
    "For the mock, a schema adds nothing inside itself.",
    "deep_bodies": "openapi-core exceeds Python's recursion limit if a recursive schema meets a body with some dozen "
    "levels. The mock tries again with a higher limit.",
    "bodiless_statuses": "openapi-core requires the body that is documented for status 204, 205 or 304. The mock "
    "accepts such a reply without a body, because HTTP forbids one.",
    "no_responses": "openapi-core crashes on a 3.1 operation without `responses`, and rejects every reply if "
    "`responses` is empty. The mock accepts every reply, because the document does not restrict it.",
}

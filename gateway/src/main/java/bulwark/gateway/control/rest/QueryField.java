package bulwark.gateway.control.rest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One parameter of a query string.
 *
 * @param max of a text its characters, of a number its greatest value
 * @param choices of which a text must be one; empty for any
 */
record QueryField(String name, boolean number, long min, long max, List<String> choices, boolean time) {
    QueryField {
        choices = List.copyOf(choices);
    }

    Map<String, Object> parameter() {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", number ? "integer" : "string");
        if (number) {
            schema.put("minimum", min);
            schema.put("maximum", max);
        } else if (time) {
            schema.put("format", "date-time");
        } else {
            schema.put("maxLength", max);
        }
        if (!choices.isEmpty()) {
            schema.put("enum", choices);
        }
        Map<String, Object> parameter = new LinkedHashMap<>();
        parameter.put("name", name);
        parameter.put("in", "query");
        parameter.put("required", false);
        parameter.put("schema", schema);
        return parameter;
    }
}

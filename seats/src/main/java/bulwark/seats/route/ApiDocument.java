package bulwark.seats.route;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The OpenAPI 3.1 document, made of the table of routes: what it says of a body is what the body is checked against. */
public final class ApiDocument {
    private static final Pattern PARAMETER = Pattern.compile("\\{([A-Za-z_]+)}");

    private ApiDocument() {}

    public static Map<String, Object> of(List<SeatRoute> routes, String version) {
        Map<String, Map<String, Object>> paths = new LinkedHashMap<>();
        for (SeatRoute route : routes) {
            paths.computeIfAbsent(route.path(), path -> new LinkedHashMap<>())
                    .put(route.method().toLowerCase(Locale.ROOT), operation(route));
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openapi", "3.1.0");
        document.put("info", Map.of("title", "Seat manager", "version", version));
        document.put("paths", paths);
        document.put("components", Map.of("securitySchemes", schemes(), "schemas", Map.of("Error", error())));
        return document;
    }

    private static Map<String, Object> schemes() {
        Map<String, Object> schemes = new LinkedHashMap<>();
        schemes.put("session", Map.of("type", "apiKey", "in", "cookie", "name", "__Host-csm_session"));
        schemes.put("static", Map.of("type", "http", "scheme", "bearer"));
        schemes.put("staker", Map.of("type", "http", "scheme", "bearer"));
        return schemes;
    }

    private static Map<String, Object> error() {
        Map<String, Object> text = Map.of("type", "string");
        Map<String, Object> inner = new LinkedHashMap<>();
        inner.put("type", "object");
        inner.put("required", List.of("code", "message", "requestId", "details"));
        inner.put(
                "properties",
                Map.of("code", text, "message", text, "requestId", text, "details", Map.of("type", "array")));
        return Map.of("type", "object", "required", List.of("error"), "properties", Map.of("error", inner));
    }

    private static Map<String, Object> operation(SeatRoute route) {
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("summary", route.summary());
        operation.put(
                "operationId",
                route.method().toLowerCase(Locale.ROOT) + route.path().replaceAll("[^A-Za-z]+", "-"));
        operation.put("security", security(route));
        operation.put("x-role", route.role() == null ? "" : route.role());
        operation.put("x-step-up", route.action() == null ? "" : route.action());
        List<Map<String, Object>> parameters = parameters(route);
        if (!parameters.isEmpty()) {
            operation.put("parameters", parameters);
        }
        if (!route.rules().body().isEmpty()) {
            Map<String, Object> content = Map.of(
                    "application/json", Map.of("schema", object(route.rules().body())));
            operation.put("requestBody", Map.of("required", true, "content", content));
        }
        Map<String, Object> refused = Map.of(
                "description",
                "Refused",
                "content",
                Map.of("application/json", Map.of("schema", Map.of("$ref", "#/components/schemas/Error"))));
        Map<String, Object> responses = new LinkedHashMap<>();
        responses.put(Integer.toString(route.status()), Map.of("description", route.summary()));
        if (route.rules().body().stream().anyMatch(rule -> rule.name().equals("send"))) {
            responses.put("202", Map.of("description", "The plan is handed over to be sent, where send is true"));
        }
        responses.put("default", refused);
        operation.put("responses", responses);
        return operation;
    }

    private static List<Map<String, Object>> security(SeatRoute route) {
        return switch (route.callers()) {
            case ANYBODY -> List.of();
            case SESSION, PERSON -> List.of(Map.of("session", List.of()));
            case STAKER -> List.of(Map.of("session", List.of()), Map.of("staker", List.of()));
            case ADMINISTRATION ->
                route.action() == null
                        ? List.of(Map.of("session", List.of()), Map.of("static", List.of()))
                        : List.of(Map.of("session", List.of()));
        };
    }

    private static List<Map<String, Object>> parameters(SeatRoute route) {
        List<Map<String, Object>> parameters = new ArrayList<>();
        Matcher names = PARAMETER.matcher(route.path());
        while (names.find()) {
            parameters.add(parameter(names.group(1), "path", true, Map.of("type", "string")));
        }
        route.rules()
                .query()
                .forEach(rule -> parameters.add(parameter(rule.name(), "query", false, rule.jsonSchema())));
        if (route.idempotent()) {
            parameters.add(parameter(
                    Idempotency.HEADER, "header", true, Map.of("type", "string", "pattern", "^[A-Za-z0-9_-]{8,128}$")));
        }
        if (route.action() != null) {
            parameters.add(parameter(SeatRouteGuard.STEP_UP_HEADER, "header", true, Map.of("type", "string")));
        }
        return parameters;
    }

    private static Map<String, Object> parameter(String name, String in, boolean required, Map<String, Object> schema) {
        Map<String, Object> parameter = new LinkedHashMap<>();
        parameter.put("name", name);
        parameter.put("in", in);
        parameter.put("required", required);
        parameter.put("schema", schema);
        return parameter;
    }

    private static Map<String, Object> object(List<FieldRule> rules) {
        Map<String, Object> properties = new LinkedHashMap<>();
        rules.forEach(rule -> properties.put(rule.name(), rule.jsonSchema()));
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("additionalProperties", false);
        schema.put(
                "required",
                rules.stream().filter(FieldRule::required).map(FieldRule::name).toList());
        schema.put("properties", properties);
        return schema;
    }
}

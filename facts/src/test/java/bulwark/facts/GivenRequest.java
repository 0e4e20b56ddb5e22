package bulwark.facts;

import bulwark.kernel.access.Principal;
import bulwark.web.Headers;
import bulwark.web.Request;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A request as data, for handlers under test. */
public record GivenRequest(
        String method,
        String path,
        Map<String, String> pathParameters,
        Map<String, List<String>> queries,
        Headers headers,
        byte[] body,
        Principal principal)
        implements Request {
    public static GivenRequest of(String method, String path) {
        Principal nobody = new Principal("agent:test", "default", Set.of(), null);
        return new GivenRequest(method, path, Map.of(), Map.of(), Headers.NONE, new byte[0], nobody);
    }

    /** @param target the path with its query, as a client sends it */
    public static GivenRequest ofTarget(String method, String target) {
        String[] parts = target.split("\\?", 2);
        Map<String, List<String>> queries = new HashMap<>();
        for (String pair : parts.length < 2 ? new String[0] : parts[1].split("&")) {
            String[] member = pair.split("=", 2);
            queries.computeIfAbsent(decoded(member[0]), name -> new ArrayList<>())
                    .add(member.length < 2 ? "" : decoded(member[1]));
        }
        GivenRequest request = of(method, parts[0]);
        return new GivenRequest(method, parts[0], Map.of(), queries, Headers.NONE, request.body, request.principal);
    }

    static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    public GivenRequest as(Principal caller) {
        return new GivenRequest(method, path, pathParameters, queries, headers, body, caller);
    }

    public GivenRequest headers(Map<String, String> all) {
        return new GivenRequest(method, path, pathParameters, queries, Headers.of(all), body, principal);
    }

    public GivenRequest parameters(Map<String, String> all) {
        return new GivenRequest(method, path, all, queries, headers, body, principal);
    }

    public GivenRequest as(String entity, String... permissions) {
        Principal caller = new Principal(entity, "default", Set.of(permissions), null);
        return new GivenRequest(method, path, pathParameters, queries, headers, body, caller);
    }

    public GivenRequest json(String json) {
        return new GivenRequest(
                method, path, pathParameters, queries, headers, json.getBytes(StandardCharsets.UTF_8), principal);
    }

    public GivenRequest query(String name, String... values) {
        Map<String, List<String>> more = new HashMap<>(queries);
        more.put(name, List.of(values));
        return new GivenRequest(method, path, pathParameters, more, headers, body, principal);
    }

    public GivenRequest header(String name, String value) {
        return new GivenRequest(method, path, pathParameters, queries, headers.with(name, value), body, principal);
    }

    public GivenRequest parameter(String name, String value) {
        Map<String, String> more = new HashMap<>(pathParameters);
        more.put(name, value);
        return new GivenRequest(method, path, more, queries, headers, body, principal);
    }

    @Override
    public String pathParameter(String name) {
        return Optional.ofNullable(pathParameters.get(name)).orElseThrow();
    }

    @Override
    public Optional<String> query(String name) {
        return queryAll(name).stream().findFirst();
    }

    @Override
    public List<String> queryAll(String name) {
        return queries.getOrDefault(name, List.of());
    }

    @Override
    public String requestId() {
        return "request-1";
    }

    @Override
    public boolean tls() {
        return false;
    }

    @Override
    public String remote() {
        return "127.0.0.1";
    }
}

package bulwark.web;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a method and raw path. Literal segments match byte for byte and win over parameters; parameters match
 * one non-empty segment and are decoded after splitting, so an encoded slash never makes a new segment. A last parameter with a plus
 * takes the rest of the path, for a URI that a client did not encode. Immutable.
 */
final class Router {
    private final Map<String, Node> literalPaths = new HashMap<>();
    private final Node root = new Node();
    private final List<Endpoint> endpoints = new ArrayList<>();

    private Router() {}

    /** @throws IllegalArgumentException when a route is declared twice or its template is malformed */
    static Router of(List<Route> routes) {
        Router router = new Router();
        routes.forEach(router::add);
        return router;
    }

    /** The routes in order of declaration; {@link Endpoint#index} is the position. */
    List<Endpoint> endpoints() {
        return List.copyOf(endpoints);
    }

    /** @param path raw, beginning with a slash, without the query */
    Match match(String method, String path) {
        Node exact = literalPaths.get(path);
        if (exact != null) {
            Endpoint endpoint = exact.methods.get(method);
            if (endpoint != null) {
                return endpoint.withoutParameters;
            }
        }
        Search search = new Search(method, path);
        Endpoint endpoint = search.walk(root, 1, 0);
        if (endpoint != null) {
            return search.decode(endpoint);
        }
        return search.allowed.isEmpty() ? Match.Absent.ABSENT : new Match.WrongMethod(search.allowed);
    }

    private void add(Route route) {
        Template template = Template.parse(route.path());
        if (route.method().isEmpty() || !route.method().chars().allMatch(c -> c >= 'A' && c <= 'Z')) {
            throw new IllegalArgumentException("method of " + route.path() + " must be upper case letters");
        }
        Endpoint endpoint = new Endpoint(route, template.parameters(), endpoints.size());
        Node node = root;
        for (String segment : template.segments()) {
            node = node.child(segment);
        }
        if (node.methods.putIfAbsent(route.method(), endpoint) != null) {
            throw new IllegalArgumentException("route declared twice: " + route.method() + " " + route.path());
        }
        if (template.parameters().isEmpty()) {
            literalPaths.put(route.path(), node);
        }
        endpoints.add(endpoint);
    }

    /** What the router found. */
    sealed interface Match {
        /** @param values decoded, in the order of the template */
        record Found(Endpoint endpoint, List<String> values) implements Match {
            Route route() {
                return endpoint.route;
            }

            /** @throws IllegalArgumentException when the template has no such parameter */
            String parameter(String name) {
                int position = endpoint.parameters.indexOf(name);
                if (position < 0) {
                    throw new IllegalArgumentException(endpoint.route.path() + " has no parameter " + name);
                }
                return values.get(position);
            }
        }

        record WrongMethod(Set<String> allowed) implements Match {}

        record Malformed(String sentence) implements Match {}

        enum Absent implements Match {
            ABSENT
        }
    }

    static final class Endpoint {
        final Route route;
        final List<String> parameters;
        final int index;
        private final Match withoutParameters;

        Endpoint(Route route, List<String> parameters, int index) {
            this.route = route;
            this.parameters = parameters;
            this.index = index;
            this.withoutParameters = new Match.Found(this, List.of());
        }
    }

    private static final class Node {
        final Map<String, Node> literals = new HashMap<>();
        final Map<String, Endpoint> methods = new LinkedHashMap<>();

        @Nullable
        Node parameter;

        @Nullable
        Node rest;

        Node child(String segment) {
            if (!segment.startsWith("{")) {
                return literals.computeIfAbsent(segment, s -> new Node());
            }
            if (segment.endsWith("+}")) {
                Node child = rest == null ? new Node() : rest;
                rest = child;
                return child;
            }
            Node child = parameter;
            if (child == null) {
                child = new Node();
                parameter = child;
            }
            return child;
        }
    }

    /** One look-up: remembers where the parameters lie, and which methods the path would have had. */
    private static final class Search {
        private static final int MAX_PARAMETERS = 8;

        private final String method;
        private final String path;
        private final int[] bounds = new int[2 * MAX_PARAMETERS];
        final Set<String> allowed = new TreeSet<>();

        Search(String method, String path) {
            this.method = method;
            this.path = path;
        }

        @Nullable
        Endpoint walk(Node node, int from, int depth) {
            int slash = path.indexOf('/', from);
            int to = slash < 0 ? path.length() : slash;
            Node literal = node.literals.get(path.substring(from, to));
            Endpoint found = literal == null ? null : enter(literal, slash, depth);
            Node parameter = node.parameter;
            if (found == null && parameter != null && to > from) {
                bounds[2 * depth] = from;
                bounds[2 * depth + 1] = to;
                found = enter(parameter, slash, depth + 1);
            }
            Node rest = node.rest;
            if (found == null && rest != null && from < path.length()) {
                bounds[2 * depth] = from;
                bounds[2 * depth + 1] = path.length();
                found = enter(rest, -1, depth + 1);
            }
            return found;
        }

        private @Nullable Endpoint enter(Node node, int slash, int depth) {
            if (slash >= 0) {
                return walk(node, slash + 1, depth);
            }
            Endpoint endpoint = node.methods.get(method);
            if (endpoint == null) {
                allowed.addAll(node.methods.keySet());
            }
            return endpoint;
        }

        Match decode(Endpoint endpoint) {
            String[] values = new String[endpoint.parameters.size()];
            try {
                for (int i = 0; i < values.length; i++) {
                    values[i] = PercentEncoding.decode(path, bounds[2 * i], bounds[2 * i + 1], false);
                }
            } catch (PercentEncoding.Malformed e) {
                return new Match.Malformed("The path is malformed: " + e.getMessage() + ".");
            }
            return new Match.Found(endpoint, List.of(values));
        }
    }

    private record Template(List<String> segments, List<String> parameters) {
        static Template parse(String path) {
            if (!path.startsWith("/")) {
                throw new IllegalArgumentException("a path begins with a slash: " + path);
            }
            List<String> segments = List.of(path.substring(1).split("/", -1));
            List<String> parameters = new ArrayList<>();
            for (int i = 0; i < segments.size(); i++) {
                String segment = segments.get(i);
                String plus = i == segments.size() - 1 ? "\\+?" : "";
                if (segment.matches("\\{[A-Za-z_][A-Za-z0-9_]*" + plus + "}")) {
                    parameters.add(segment.substring(1, segment.length() - 1).replace("+", ""));
                } else if (!segment.matches("[A-Za-z0-9._~:@!$&'()*+,;=-]+") && !path.equals("/")) {
                    throw new IllegalArgumentException("malformed segment '" + segment + "' in " + path);
                }
            }
            if (new HashSet<>(parameters).size() < parameters.size() || parameters.size() > Search.MAX_PARAMETERS) {
                throw new IllegalArgumentException(
                        "parameters must be distinct and at most " + Search.MAX_PARAMETERS + " in " + path);
            }
            return new Template(segments, List.copyOf(parameters));
        }
    }
}

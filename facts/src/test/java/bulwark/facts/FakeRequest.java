package bulwark.facts;

import bulwark.kernel.access.Principal;
import bulwark.web.Headers;
import bulwark.web.Request;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A request as the edge would hand it to a handler, for tests of handlers against a real store. */
public record FakeRequest(
        String method,
        String path,
        String queryString,
        Map<String, String> pathParameters,
        Headers headers,
        byte[] body,
        Principal principal)
        implements Request {

    @Override
    public String pathParameter(String name) {
        return pathParameters.get(name);
    }

    @Override
    public Optional<String> query(String name) {
        return queryAll(name).stream().findFirst();
    }

    @Override
    public List<String> queryAll(String name) {
        List<String> values = new ArrayList<>();
        for (String pair : queryString.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0 && decoded(pair.substring(0, equals)).equals(name)) {
                values.add(decoded(pair.substring(equals + 1)));
            }
        }
        return values;
    }

    @Override
    public String requestId() {
        return "test";
    }

    @Override
    public boolean tls() {
        return false;
    }

    @Override
    public String remote() {
        return "local";
    }

    public static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}

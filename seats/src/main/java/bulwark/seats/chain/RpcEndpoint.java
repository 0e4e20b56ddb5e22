package bulwark.seats.chain;

import java.net.URI;
import java.util.regex.Pattern;

/** Where an execution client answers. Immutable. @param label short name that findings carry */
public record RpcEndpoint(String label, URI uri) {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9][a-z0-9-]{0,30}");

    /** @throws IllegalArgumentException when the label or the address has another form */
    public RpcEndpoint {
        if (!LABEL.matcher(label).matches()) {
            throw new IllegalArgumentException("a label is 1 to 31 lower-case letters, digits and hyphens");
        }
        if (uri.getHost() == null || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
            throw new IllegalArgumentException("an endpoint is http:// or https:// and a host");
        }
    }

    /** Without the address: it may hold a key in its path. */
    @Override
    public String toString() {
        return label;
    }
}

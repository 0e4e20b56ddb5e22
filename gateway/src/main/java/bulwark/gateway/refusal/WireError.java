package bulwark.gateway.refusal;

import java.util.List;

/**
 * An answer of the gateway's own.
 *
 * @param contentType empty when the body is
 * @param fields header lines, name and value in turn
 */
public record WireError(int status, String contentType, String body, List<String> fields) {
    public WireError {
        fields = List.copyOf(fields);
    }
}

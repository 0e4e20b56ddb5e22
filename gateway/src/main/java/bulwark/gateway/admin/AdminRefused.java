package bulwark.gateway.admin;

import bulwark.web.Response;
import java.util.List;
import java.util.Map;

/** A call that is answered with a fault and changes nothing. Costs no stack trace. */
final class AdminRefused extends RuntimeException {
    private final transient Response response;

    private AdminRefused(Response response, String sentence) {
        super(sentence, null, false, false);
        this.response = response;
    }

    /** 400 with every fault. @param faults at least one sentence */
    static AdminRefused invalid(List<String> faults) {
        return new AdminRefused(
                Response.json(400, Map.of("status", "error", "errors", faults)), String.join("; ", faults));
    }

    static AdminRefused of(int status, String sentence) {
        return new AdminRefused(Response.json(status, Map.of("status", "error", "message", sentence)), sentence);
    }

    static AdminRefused of(int status, Map<String, ?> body, String sentence) {
        return new AdminRefused(Response.json(status, body), sentence);
    }

    Response response() {
        return response;
    }
}

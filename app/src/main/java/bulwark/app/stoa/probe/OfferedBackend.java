package bulwark.app.stoa.probe;

import bulwark.doctor.client.WireAnswer;
import bulwark.kernel.json.StrictJson;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A route that is offered to the admin API to see its backend refused. It also names a file that does not exist, which is looked at after the address: so it is refused whatever the address guard says,
 * and never stored.
 */
final class OfferedBackend {
    private static final String AFTER_THE_ADDRESS = "upstream_tls";

    private OfferedBackend() {}

    /** A sentence when the address was not what it was refused for. */
    static List<String> faults(GatewayTarget gateway, String url) throws IOException {
        Map<String, Object> route = new LinkedHashMap<>();
        route.put("id", "bulwark-doctor-never-stored");
        route.put("name", "offered by bulwark doctor, to be refused");
        route.put("path_prefix", "/bulwark-doctor-never-stored");
        route.put("backend_url", url);
        route.put("activated", false);
        route.put(AFTER_THE_ADDRESS, Map.of("ca_file", "bulwark-doctor/never-stored.pem"));
        WireAnswer answer =
                gateway.admin().post("/admin/apis", StrictJson.text(route), gateway.bearer("admin_token_file"));
        if (answer.status() == 401) {
            throw new IOException("the admin API does not take the token of the target's admin_token_file");
        }
        boolean refused = answer.status() == 400 && answer.body().contains("backend_url");
        return refused ? List.of() : List.of(url + " is answered " + GatewayTarget.words(answer));
    }

    /** Waits for as long as the listener's timeout is. */
    static boolean isConnected(ServerSocket listener) throws IOException {
        try (Socket ignored = listener.accept()) {
            return true;
        } catch (SocketTimeoutException silent) {
            return false;
        }
    }
}

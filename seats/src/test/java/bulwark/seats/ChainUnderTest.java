package bulwark.seats;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import bulwark.seats.chain.LocalContracts;
import bulwark.seats.chain.ScriptedNode;
import bulwark.testkit.AnvilChain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A chain with the contracts, reached by two labels that lie as the test tells each to, and the settings of a service for it. */
final class ChainUnderTest implements AutoCloseable {
    final AnvilChain chain = AnvilChain.start();
    final LocalContracts contracts = new LocalContracts(chain);
    final ScriptedNode one = new ScriptedNode(chain.uri());
    final ScriptedNode two = new ScriptedNode(chain.uri());

    /** Writes the network file into the folder. */
    Map<String, String> settings(Path folder) throws IOException {
        byte[] file = StrictJson.write(contracts.network().json());
        Files.write(folder.resolve("network.json"), file);
        Map<String, String> settings = new HashMap<>();
        settings.put("SEAT_MANAGER_ENV", "development");
        settings.put("SEAT_MANAGER_NETWORK_FILE", "network.json");
        settings.put("SEAT_MANAGER_NETWORK_FILE_SHA256", Digests.sha256Hex(file));
        settings.put("SEAT_MANAGER_EL_RPC_URLS", "one=" + one.uri() + ",two=" + two.uri());
        settings.put("SEAT_MANAGER_MAX_HEAD_AGE_SECONDS", "3600");
        return settings;
    }

    void honest() {
        one.lies((asked, answer) -> answer);
        two.lies((asked, answer) -> answer);
    }

    @Override
    public void close() {
        one.close();
        two.close();
        chain.close();
    }
}

package bulwark.acceptance.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.acceptance.doctor.DoctoredDeployment.UndoStack;
import bulwark.acceptance.doctor.RewritingProxy.Passage;
import bulwark.facts.WireErrors;
import bulwark.kernel.process.RunFile;
import bulwark.testkit.FreePort;
import bulwark.web.LocalSocket;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** What an open file, a strange process, a proxy or another service does to the controls of seats. */
final class SeatFaults {
    private static final PlantedFault.Plant SAME = up -> () -> {};

    private SeatFaults() {}

    private static PlantedFault fault(String id, String words, PlantedFault.Plant plant) {
        return new PlantedFault(id, words, plant, Set.of());
    }

    static List<PlantedFault> files() {
        return List.of(
                fault("SEATS-SECRETS-02", "secrets of last year", SeatFaults::oldSecrets),
                fault("SEATS-SECRETS-01", "secrets that everybody reads", mode("seats/.env", "644")),
                fault("SEATS-SECRETS-03", "secrets in the index of a work tree", SeatFaults::tracked),
                fault("SEATS-SIGNER-03", "a signer for everybody", mode("seats/signer.sock", "666")));
    }

    private static PlantedFault.Plant mode(String file, String open) {
        return up -> {
            Path path = up.state().resolve(file);
            up.shell("chmod " + open + " " + path);
            assertThat(up.shell("stat -c %a " + path)).isEqualTo(open);
            return () -> up.shell("chmod 600 " + path);
        };
    }

    private static AutoCloseable oldSecrets(DoctoredDeployment up) throws Exception {
        Path file = up.state().resolve("seats/.env");
        String before = Files.readString(file);
        Files.writeString(file, before.replaceAll("# made 20[0-9]{2}-", "# made 2020-"));
        assertThat(up.shell("grep -c '# made 2020-' " + file)).isEqualTo("2");
        return () -> Files.writeString(file, before);
    }

    private static AutoCloseable tracked(DoctoredDeployment up) throws Exception {
        Path folder = up.state().resolve("seats");
        up.shell("cd " + folder + " && git init -q . && git add -f .env");
        assertThat(up.shell("git -C " + folder + " ls-files --error-unmatch .env"))
                .isEqualTo(".env");
        return () -> up.shell("rm -rf " + folder.resolve(".git"));
    }

    /**
     * A program of somebody else's in the place of the API, which would start with anything, was given a key and has a file of the signer open; and one in the place of the signer, which listens.
     */
    static List<PlantedFault> rogueProcesses() {
        return List.of(
                fault("SEATS-KEY-01", "an API with a key", SeatFaults::rogueApi),
                fault("SEATS-KEY-02", "an API with a file of the signer", SAME),
                fault("SEATS-START-01", "an API that takes published secrets", SAME),
                fault("SEATS-SIGNER-01", "a signer that is not the one at the socket", SeatFaults::rogueSigner),
                fault("SEATS-SIGNER-02", "a signer that listens", SAME));
    }

    private static AutoCloseable rogueApi(DoctoredDeployment up) throws Exception {
        Path script = up.folder().resolve("rogue-api.sh");
        Files.writeString(script, """
                case "$*" in *config*) echo '{"ok":true,"problems":[]}'; exit 0;; esac
                exec 9<"$ROGUE_FILE"
                echo ready
                read line
                """);
        String journal = up.shell("find state/seats/signer -name '*.db' | head -n 1");
        ProcessBuilder builder =
                new ProcessBuilder("sh", script.toString(), "bulwark.app.Main", "seat-manager", "api-watch");
        builder.environment()
                .putAll(Map.of(
                        "ROGUE_FILE",
                        up.folder().resolve(journal).toString(),
                        "SEAT_MANAGER_OWNER_PRIVATE_KEY_FILE",
                        "/nowhere"));
        UndoStack undo =
                placed(up, builder, "rogue-api.log", "ready", up.state().resolve("seats/seats.pid"));
        assertThat(up.shell("sh rogue-api.sh seat-manager config check")).contains("true");
        return undo;
    }

    private static AutoCloseable rogueSigner(DoctoredDeployment up) throws Exception {
        String port = Integer.toString(FreePort.next());
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/jwebserver").toString(),
                "-p",
                port,
                "-d",
                Files.createDirectories(up.folder().resolve("web")).toRealPath().toString());
        UndoStack undo =
                placed(up, builder, "rogue-signer.log", "Serving", up.state().resolve("seats/signer/signer.pid"));
        assertThat(up.shell("curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:" + port + "/"))
                .isEqualTo("200");
        return undo;
    }

    /** Starts a process, and writes its number into the file of another. */
    private static UndoStack placed(
            DoctoredDeployment up, ProcessBuilder builder, String log, String ready, Path pidFile) throws Exception {
        UndoStack undo = new UndoStack();
        Path output = up.folder().resolve(log);
        Process rogue = builder.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        undo.add("process", () -> {
            rogue.destroyForcibly();
            rogue.waitFor();
        });
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> Files.readString(output).contains(ready));
        String before = Files.readString(pidFile);
        Files.writeString(pidFile, rogue.pid() + "\n");
        undo.add("file", () -> Files.writeString(pidFile, before));
        assertThat(up.shell("cat " + pidFile)).isEqualTo(Long.toString(rogue.pid()));
        return undo;
    }

    /** A proxy before the API, of which each rule takes one control away. */
    static List<PlantedFault> proxy() {
        List<PlantedFault> faults = new ArrayList<>();
        faults.add(fault("SEATS-AUTH-01", "a proxy that lets everybody read users", SeatFaults::liar));
        for (String id : List.of(
                "SEATS-AUTH-02",
                "SEATS-ROUTE-01",
                "SEATS-CSM-02",
                "SEATS-CSM-03",
                "SEATS-CSM-04",
                "SEATS-SESSION-01",
                "SEATS-LOGIN-01",
                "SEATS-CSRF-01",
                "SEATS-CONTENT-01",
                "SEATS-HEADERS-01",
                "SEATS-HEALTH-01",
                "SEATS-SCHEMA-01")) {
            faults.add(fault(id, "the same, with a rule of its own", SAME));
        }
        return faults;
    }

    private static AutoCloseable liar(DoctoredDeployment up) throws Exception {
        RunFile api = RunFile.ofRunning(up.state().resolve("seats/seats.db")).orElseThrow();
        UndoStack undo = new UndoStack();
        RewritingProxy proxy =
                new RewritingProxy("http://localhost:" + api.ports().get("port"), SeatFaults::rewrite);
        undo.add("proxy", proxy);
        undo.add("target", up.with("seats", Map.of("api_url", proxy.url())));
        assertThat(up.shell("curl -s -o /dev/null -w '%{http_code}' " + proxy.url() + "/v1/users"))
                .isEqualTo("200");
        assertThat(up.shell("curl -s -D - -o /dev/null " + proxy.url() + "/no-such-path"))
                .doesNotContainIgnoringCase("nosniff");
        return undo;
    }

    private static void rewrite(Passage passage) {
        String path = passage.target.replaceFirst("\\?.*", "");
        passage.headers.replaceAll(
                (name, value) -> name.equalsIgnoreCase("set-cookie") ? value.replace("; HttpOnly", "") : value);
        boolean opened = path.equals("/v1/users") && passage.status == 401
                || path.equals("/api/mainnet/v1/audit-logs")
                || path.endsWith("/force-exit")
                || path.equals("/v1/audit-logs/1")
                || path.startsWith("/v1/validator/") && passage.status == 400
                || path.equals("/v1/auth/logout") && passage.status == 403
                || passage.status == 415;
        if (opened) {
            passage.status = 200;
        } else if (passage.status == 429) {
            passage.status = 401;
        } else if (path.equals("/no-such-path")) {
            passage.headers.keySet().removeIf(name -> name.equalsIgnoreCase("x-content-type-options"));
        } else if (path.equals("/health") && passage.status == 200) {
            passage.status = 503;
            passage.body = "{\"status\":\"error\",\"schemaVersion\":\"1\"}".getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Another service at the owner's socket: its log is another, its alerts stand, its watcher looks no more, and it takes a treasury. */
    static List<PlantedFault> anotherService() {
        List<PlantedFault> faults = new ArrayList<>();
        faults.add(fault("SEATS-CSM-01", "a service that takes a caller's treasury", SeatFaults::liarOfOwner));
        for (String id : List.of(
                "SEATS-TOKEN-01",
                "SEATS-ALERTS-01",
                "SEATS-WATCH-01",
                "SEATS-AUDIT-01",
                "SEATS-AUDIT-02",
                "SEATS-AUDIT-03")) {
            faults.add(fault(id, "the same", SAME));
        }
        return faults;
    }

    private static AutoCloseable liarOfOwner(DoctoredDeployment up) throws Exception {
        Path socket = up.folder().resolve("other.sock");
        UndoStack undo = new UndoStack();
        LocalSocket server = LocalSocket.listen(
                socket,
                Stream.of(
                                answering("/owner/seats/generate", Map.of("ok", true)),
                                answering(
                                        "/owner/audit-logs",
                                        Map.of("items", List.of(row(9, "c", "x"), row(8, "b", "a")))),
                                answering("/owner/dashboard/alerts", Map.of("items", alerts())),
                                answering("/owner/dashboard/health", Map.of("watchers", watchers())))
                        .toList(),
                new WireErrors());
        undo.add("socket", server::close);
        undo.add("target", up.with("seats", Map.of("owner_socket", socket.toString())));
        assertThat(up.shell("curl -s -X POST --unix-socket " + socket + " http://localhost/owner/seats/generate"))
                .contains("true");
        return undo;
    }

    private static Route answering(String path, Map<String, ?> body) {
        return Route.owner("POST", path, (Request request) -> Response.json(200, body));
    }

    private static Map<String, Object> row(int seq, String hash, String before) {
        return Map.of("seq", seq, "hash", hash, "previousHash", before);
    }

    private static List<Map<String, String>> alerts() {
        return List.of(
                Map.of("code", "STATIC_TOKEN_WITHOUT_SUNSET", "severity", "warning"),
                Map.of("code", "STORE", "severity", "critical", "cause", "It was changed.", "nextStep", "Look."));
    }

    private static Map<String, Object> watchers() {
        return Map.of("el", Map.of("lastSeen", "2020-01-01T00:00:00Z", "stale", true));
    }

    /** At another socket, which lets everybody in: it signs what it is given, and has signed nothing. */
    static List<PlantedFault> anotherSigner() {
        return List.of(
                fault("SEATS-SIGNER-04", "a signer that answers every user", SeatFaults::impostor),
                fault("SEATS-SIGNER-05", "a signer that signs whatever comes", SAME),
                fault("SEATS-SIGNER-06", "a signer that forgot what it signed", SAME));
    }

    private static AutoCloseable impostor(DoctoredDeployment up) throws Exception {
        UndoStack undo = new UndoStack();
        ImpostorSigner signer = new ImpostorSigner(up.folder().resolve("impostor.sock"));
        undo.add("signer", signer);
        undo.add(
                "target",
                up.with("seats", Map.of("signer_socket", signer.socket().toString())));
        assertThat(up.shell("stat -c %a " + signer.socket())).isEqualTo("666");
        return undo;
    }

    static List<PlantedFault> openListener() {
        return List.of(fault("SEATS-LISTEN-01", "an API on all addresses", SeatFaults::everywhere));
    }

    private static AutoCloseable everywhere(DoctoredDeployment up) throws Exception {
        UndoStack undo = new UndoStack();
        ServerSocket server = new ServerSocket();
        server.bind(new InetSocketAddress("0.0.0.0", 0));
        undo.add("server", server);
        undo.add("target", up.with("seats", Map.of("api_url", "http://localhost:" + server.getLocalPort())));
        assertThat(up.shell("ss -Htln 'sport = :" + server.getLocalPort() + "'"))
                .containsAnyOf("0.0.0.0:", "*:" + server.getLocalPort());
        return undo;
    }
}

package bulwark.seats.signer;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.seats.plan.PlanKind;
import bulwark.testkit.Shell;
import bulwark.testkit.SoftHsmToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process of the key: which classes it loads, and that it signs where there is no network at all. */
@Timeout(180)
class SignerIsolationTest {
    /** What speaks HTTP, or is of this program's side that does. */
    private static final List<String> NETWORK = List.of(
            "io.netty.",
            "io.vertx.",
            "com.sun.net.httpserver.",
            "sun.net.httpserver.",
            "java.net.http.",
            "jdk.internal.net.http.",
            "java.net.HttpURLConnection",
            "sun.net.www.protocol.http.HttpURLConnection",
            "sun.net.www.http.",
            "software.amazon.awssdk.",
            "sun.nio.ch.ServerSocketAdaptor",
            "bulwark.web.",
            "bulwark.testkit.");

    @TempDir
    Path folder;

    @Test
    void a_signer_with_a_local_key_loads_no_class_that_speaks_http() throws Exception {
        SignerUnderTest files = new SignerUnderTest(folder, Map.of(), SignerUnderTest.local());
        Path classes = folder.resolve("classes.log");
        List<String> flags = List.of("-Xlog:class+load:file=" + classes + "::filecount=0");
        try (SignerChild child = SignerChild.start(files, List.of(), flags, Map.of())) {
            assertThat(files.outcome(files.request(files.plan(PlanKind.DEPOSIT), 0)))
                    .isEqualTo("signed");
            child.stop();
        }
        List<String> loaded = names(classes);
        assertThat(loaded).contains("bulwark.seats.signer.TransactionSigner", "org.sqlite.core.NativeDB");
        assertThat(loaded.stream().filter(name -> NETWORK.stream().anyMatch(name::startsWith)))
                .isEmpty();
    }

    /** Lines such as {@code [0.123s][info][class,load] java.lang.Object source: jrt:/java.base}. */
    private static List<String> names(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains(" source: "))
                    .map(line -> line.substring(line.lastIndexOf(']', line.indexOf(" source: ")) + 2))
                    .map(line -> line.substring(0, line.indexOf(' ')))
                    .toList();
        }
    }

    @Test
    void it_signs_with_a_local_key_where_there_is_no_network() throws Exception {
        signWithoutNetwork(new SignerUnderTest(folder, Map.of(), SignerUnderTest.local()), Map.of());
    }

    @Test
    void it_signs_with_a_token_where_there_is_no_network() throws Exception {
        SoftHsmToken token = SoftHsmToken.ofThisProcess();
        Map<String, String> settings = new HashMap<>();
        settings.put("SEAT_MANAGER_OWNER_PRIVATE_KEY", "");
        settings.put("SEAT_MANAGER_PKCS11_LIBRARY", token.library().toString());
        settings.put("SEAT_MANAGER_PKCS11_SLOT", Integer.toString(token.slot()));
        settings.put("SEAT_MANAGER_PKCS11_KEY", "without-network");
        settings.put("SEAT_MANAGER_PKCS11_PIN_FILE", pin(token).toString());
        var treasury = Pkcs11TreasuryKey.create(
                new SignerUnderTest(folder, settings, SignerUnderTest.local()).settings(Map.of()),
                folder,
                Instant.now());
        signWithoutNetwork(
                new SignerUnderTest(folder, settings, treasury),
                Map.of("SOFTHSM2_CONF", token.configuration().toString()));
    }

    private Path pin(SoftHsmToken token) throws IOException {
        Path file = folder.resolve("pin");
        Files.createFile(
                file,
                java.nio.file.attribute.PosixFilePermissions.asFileAttribute(
                        java.nio.file.attribute.PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, token.pin());
    }

    private void signWithoutNetwork(SignerUnderTest files, Map<String, String> more) throws Exception {
        try (SignerChild child = SignerChild.start(files, unshared(), List.of(), more)) {
            assertThat(interfaces(child)).as("the process sees no network").isEqualTo(1);
            assertThat(files.outcome(files.request(files.plan(PlanKind.DEPOSIT), 0)))
                    .isEqualTo("signed");
            assertThat(files.outcome(files.request(files.plan(PlanKind.APPROVE), 1)))
                    .isEqualTo("signed");
            child.stop();
        }
    }

    /** Two lines of titles, then one for each: loopback, which is down. */
    private static long interfaces(SignerChild child) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(child.pid()), "net/dev"))
                        .size()
                - 2L;
    }

    private List<String> unshared() throws IOException, InterruptedException {
        for (List<String> command : List.of(List.of("unshare", "-n"), List.of("unshare", "-rn"))) {
            List<String> probe =
                    Stream.concat(command.stream(), Stream.of("true")).toList();
            if (Shell.bash(folder, Map.of(), Duration.ofMinutes(1), String.join(" ", probe))
                            .exitCode()
                    == 0) {
                return command;
            }
        }
        Assumptions.abort("SKIPPED: this machine lets no process have a network of its own (unshare -n, unshare -rn)");
        return List.of();
    }
}

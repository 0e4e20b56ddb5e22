package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the kernel sees: a sync before each acknowledgement, and the end of the process after a failed one. */
class SyncTest {
    private static final int WRITES = 5;

    @TempDir
    Path folder;

    @Test
    void a_sync_precedes_each_acknowledgement() throws Exception {
        try (NodeUnderTest node = NodeUnderTest.in(folder, Map.of()).start()) {
            Path trace = folder.resolve("trace.txt");
            Process strace = attach(node, trace, "-s", "24", "-e", "trace=fsync,fdatasync,write,writev,sendto,sendmsg");
            for (int i = 0; i < WRITES; i++) {
                assertThat(write(node, i).statusCode()).isEqualTo(201);
            }
            strace.destroy();
            strace.waitFor(10, TimeUnit.SECONDS);
            int synced = 0;
            int acknowledged = 0;
            for (String line : Files.readAllLines(trace)) {
                if ((line.contains("fdatasync") || line.contains("fsync")) && line.endsWith("= 0")) {
                    synced++;
                }
                if (line.contains("HTTP/1.1 201")) {
                    acknowledged++;
                    assertThat(synced)
                            .as("no sync since the answer before: " + line)
                            .isPositive();
                    synced = 0;
                }
            }
            assertThat(acknowledged).isEqualTo(WRITES);
        }
    }

    @ParameterizedTest(name = "{0} on the sync")
    @ValueSource(strings = {"EIO", "ENOSPC"})
    void a_failed_sync_is_reported_and_ends_the_process(String error) throws Exception {
        NodeUnderTest node = NodeUnderTest.in(folder, Map.of()).start();
        assertThat(write(node, 0).statusCode()).isEqualTo(201);
        Path trace = folder.resolve("fault.txt");
        Process strace =
                attach(node, trace, "-e", "trace=fsync,fdatasync", "-e", "inject=fdatasync,fsync:error=" + error);
        HttpResponse<String> answer = write(node, 1);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(answer.body()).contains("store_failed");
        assertThat(node.process().awaitEnd()).as("the process ends").isNotZero();
        strace.waitFor(10, TimeUnit.SECONDS);

        assertThat(node.stigmem("fsck").out()).endsWith("clean\n");
        node.start();
        assertThat(write(node, 1).statusCode()).as("safe to repeat").isEqualTo(201);
        node.close();
        assertThat(node.stigmem("fsck").out()).endsWith("clean\n");
    }

    private static HttpResponse<String> write(NodeUnderTest node, int i) throws Exception {
        return node.post(
                "/v1/facts",
                NodeUnderTest.ADMIN_KEY,
                "{\"entity\":\"stigmem://sync/fact/n" + i
                        + "\",\"relation\":\"a:b\",\"value\":\"v\",\"scope\":\"team\"}");
    }

    private static Process attach(NodeUnderTest node, Path trace, String... options) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of("strace", "-f", "-o", trace.toString()));
        command.addAll(List.of(options));
        command.addAll(List.of("-p", Long.toString(node.process().pid())));
        Process strace = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(trace.resolveSibling("strace.log").toFile())
                .start();
        await("strace to attach")
                .atMost(Duration.ofSeconds(20))
                .until(() -> Files.readString(Path.of("/proc/" + node.process().pid() + "/status"))
                                .lines()
                                .anyMatch(line -> line.startsWith("TracerPid:") && !line.endsWith("\t0"))
                        && everyThreadIsTraced(node.process().pid()));
        return strace;
    }

    private static boolean everyThreadIsTraced(long pid) throws Exception {
        try (var threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads.toList()) {
                if (Files.readString(thread.resolve("status")).contains("TracerPid:\t0\n")) {
                    return false;
                }
            }
        }
        return true;
    }
}

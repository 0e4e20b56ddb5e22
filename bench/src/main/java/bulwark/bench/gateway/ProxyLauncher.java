package bulwark.bench.gateway;

import bulwark.testkit.FreePort;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts the backend and the proxies, each pinned to a core, and ends all of them. Not thread-safe. */
final class ProxyLauncher implements AutoCloseable {
    private static final String PROXY_CORE = "0";
    private static final String LOAD_CORE = "1";

    /** Below the ports that the system gives to clients: load that ended a moment ago still holds thousands of those. */
    private static int ports = FreePort.base();

    private final Path files;
    private final Path scratch;
    private final Map<String, String> replacements;
    private final int backend = nextPort();
    private final List<Process> processes = new ArrayList<>();
    private int configurations;

    /** @param replacements of names such as {@code @BODY@} in the peers' files */
    ProxyLauncher(Path files, Path scratch, Map<String, String> replacements) throws IOException {
        this.files = files;
        this.scratch = scratch;
        this.replacements = replacements;
        start(
                LOAD_CORE,
                Map.of(),
                "nginx",
                "-e",
                "/dev/null",
                "-p",
                scratch.toString(),
                "-c",
                config("upstream.conf", 0));
    }

    static int nextPort() {
        return ports++;
    }

    int backend() {
        return backend;
    }

    /** Ours. @param environment settings; @param arguments of {@link GatewayProcess} */
    ProxyProcess gateway(String name, String origin, String path, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx256m",
                "-Xmn32m",
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dio.netty.jfr.enabled=false",
                "-Dio.netty.leakDetection.level=disabled"));
        for (String property : List.of(
                "org.sqlite.lib.path", "java.library.path", "com.amazon.corretto.crypto.provider.useExternalLib")) {
            String value = System.getProperty(property);
            if (value != null) {
                command.add("-D" + property + "=" + value);
            }
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), GatewayProcess.class.getName()));
        command.addAll(Arrays.asList(arguments));
        Process process = start(PROXY_CORE, environment, command.toArray(String[]::new));
        if (!"ready".equals(process.inputReader().readLine())) {
            throw new IOException(name + " did not start; run the bench again with BULWARK_BENCH_ERRORS=1 to see why");
        }
        return new ProxyProcess(name, origin, path, process.pid(), process);
    }

    ProxyProcess haproxy(String name, String file, String scheme, String path)
            throws IOException, InterruptedException {
        int port = nextPort();
        long pid =
                start(PROXY_CORE, Map.of(), "haproxy", "-f", config(file, port)).pid();
        awaitListening(name, port);
        return new ProxyProcess(name, scheme + "://127.0.0.1:" + port, path, pid, null);
    }

    ProxyProcess nginx(String name, String file, String scheme) throws IOException, InterruptedException {
        int port = nextPort();
        Process master = start(
                PROXY_CORE, Map.of(), "nginx", "-e", "/dev/null", "-p", scratch.toString(), "-c", config(file, port));
        awaitListening(name, port);
        List<Long> workers = master.children().map(ProcessHandle::pid).toList();
        return new ProxyProcess(name, scheme + "://127.0.0.1:" + port, "/", workers.getFirst(), null);
    }

    private static void awaitListening(String name, int port) throws IOException, InterruptedException {
        for (int i = 0; i < 200; i++) {
            try (Socket probe = new Socket("127.0.0.1", port)) {
                if (probe.isConnected()) {
                    return;
                }
            } catch (ConnectException e) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
        throw new IOException(name + " does not listen; run the bench again with BULWARK_BENCH_ERRORS=1 to see why");
    }

    private Process start(String core, Map<String, String> environment, String... command) throws IOException {
        List<String> pinned = new ArrayList<>(List.of("taskset", "-c", core));
        pinned.addAll(Arrays.asList(command));
        boolean peer = environment.isEmpty() && !command[0].endsWith("java");
        ProcessBuilder builder = new ProcessBuilder(pinned)
                .directory(scratch.toFile())
                .redirectError(
                        System.getenv("BULWARK_BENCH_ERRORS") == null
                                ? ProcessBuilder.Redirect.DISCARD
                                : ProcessBuilder.Redirect.INHERIT);
        if (peer) { // what it logs is written, as it would be, and read by nobody
            builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        }
        builder.environment().putAll(environment);
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    private String config(String file, int port) throws IOException {
        String text = Files.readString(files.resolve(file))
                .replace("@UPSTREAM@", Integer.toString(backend))
                .replace("@PORT@", Integer.toString(port));
        for (Map.Entry<String, String> each : replacements.entrySet()) {
            text = text.replace(each.getKey(), each.getValue());
        }
        return Files.writeString(scratch.resolve(configurations++ + "-" + file), text)
                .toString();
    }

    /** When it returns they have ended, and write no file any more. */
    @Override
    public void close() throws InterruptedException {
        processes.forEach(Process::destroy);
        for (Process process : processes) {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        }
    }
}

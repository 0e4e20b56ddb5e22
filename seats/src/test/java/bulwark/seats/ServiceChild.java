package bulwark.seats;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A service that serves HTTP in a process of its own, to be killed at any moment. Used by one thread. */
final class ServiceChild implements AutoCloseable {
    private final Process process;
    private final SeatsUnderTest http;

    private ServiceChild(Process process, SeatsUnderTest http) {
        this.process = process;
        this.http = http;
    }

    /** Returns when it answers. @param flags of Java, with the class path */
    static ServiceChild start(Path folder, List<String> flags, Map<String, String> settings) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Xlog:disable",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(flags);
        command.addAll(List.of(ServingProcess.class.getName(), folder.toString()));
        Path log = folder.resolve("service.log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().clear();
        builder.environment().putAll(SeatsUnderTest.environment(settings));
        builder.environment().put("PATH", System.getenv().getOrDefault("PATH", ""));
        Process process = builder.start();
        String line = "";
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        while (line != null && !line.startsWith(ServingProcess.READY)) {
            line = out.readLine();
        }
        if (line == null) {
            throw new AssertionError("the service ended by itself:\n" + Files.readString(log));
        }
        int port = Integer.parseInt(line.substring(ServingProcess.READY.length()));
        return new ServiceChild(process, SeatsUnderTest.at(port));
    }

    SeatsUnderTest http() {
        return http;
    }

    /** With its children, at once. */
    void kill() throws InterruptedException {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        process.waitFor();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        http.close();
    }
}

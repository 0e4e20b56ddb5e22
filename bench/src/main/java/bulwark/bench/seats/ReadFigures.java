package bulwark.bench.seats;

import bulwark.bench.BenchNode;
import bulwark.bench.LoadGenerator;
import bulwark.bench.LoadResult;
import bulwark.bench.MarkdownTable;
import bulwark.kernel.json.StrictJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Reads of seats with the session of a person, beside reads of facts with an API key: the same load, 500 requests a second over 8 connections. Lists of ten thousand seats, one after the other. */
final class ReadFigures {
    private static final int CONNECTIONS = 8;
    private static final int REQUESTS = 4_000;
    /** A trial of one round warms up less. */
    private static final int WARM = 8_000 * SeatsBench.ROUNDS;

    private static final int PAGES = 500;
    private static final int WARM_PAGES = 300 * SeatsBench.ROUNDS;
    private static final int FACTS = 10_000;
    private static final String PASSWORD = "Qx9!vRt2#mLk7@zPw4$hN6";

    private final Path folder;
    private final MarkdownTable table;

    ReadFigures(Path folder, MarkdownTable table) {
        this.folder = folder;
        this.table = table;
    }

    void measure() throws IOException, InterruptedException {
        List<LoadResult> facts = facts();
        table.rate("GET /v1/facts/{id}, API key", facts, "");
        Path own = Files.createDirectories(folder.resolve("seats"));
        Process service = start(own);
        try {
            BufferedReader out = service.inputReader(StandardCharsets.UTF_8);
            String line = out.readLine();
            if (line == null || !line.startsWith("ready ")) {
                throw new IOException("the seat manager did not start");
            }
            int port = Integer.parseInt(line.substring("ready ".length()));
            String cookie = "Cookie: " + signIn(port);
            List<LoadResult> seats = load(service, port, cookie, "one", i -> "/v1/seats/" + i)
                    .run("paced", CONNECTIONS, WARM, REQUESTS, SeatsBench.ROUNDS);
            table.rate("GET /v1/seats/{id}, session of a person", seats, "");
            table.row(
                    "CPU of a seat read / of a fact read, best runs",
                    MarkdownTable.text(
                            "**%.2f**",
                            MarkdownTable.best(seats, LoadResult::cpuMicros)
                                    / MarkdownTable.best(facts, LoadResult::cpuMicros)),
                    "",
                    "≤ 1.3");
            pages(service, port, cookie, "first page of 100", i -> "/v1/seats?limit=100");
            pages(service, port, cookie, "page of 100 at any depth, by offset", i -> "/v1/seats?limit=100&offset=" + i);
            pages(service, port, cookie, "page of 100 at any depth, by key", i -> "/v1/seats?limit=100&after=" + i);
            pages(service, port, cookie, "page of 500 at any depth, by offset", i -> "/v1/seats?limit=500&offset=" + i);
            pages(
                    service,
                    port,
                    cookie,
                    "page of 100 of one state, by offset",
                    i -> "/v1/seats?limit=100&status=ACTIVE&offset=" + i / 3);
        } finally {
            service.getOutputStream().close();
            service.waitFor();
        }
    }

    private void pages(Process service, int port, String cookie, String name, IntFunction<String> path)
            throws IOException, InterruptedException {
        List<LoadResult> runs =
                load(service, port, cookie, "pages", path).run("paced", 1, WARM_PAGES, PAGES, SeatsBench.ROUNDS);
        table.latency("list of 10,000 seats, " + name, runs, "p99 < 20 ms");
    }

    private LoadGenerator load(Process service, int port, String header, String name, IntFunction<String> path)
            throws IOException {
        List<String> paths =
                IntStream.rangeClosed(1, SeatService.SEATS).mapToObj(path).toList();
        return new LoadGenerator(port, service.pid(), header, Files.write(folder.resolve(name), paths));
    }

    private Process start(Path own) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dio.netty.jfr.enabled=false"));
        for (String property : List.of(
                "org.sqlite.lib.path", "java.library.path", "com.amazon.corretto.crypto.provider.useExternalLib")) {
            String value = System.getProperty(property);
            if (value != null) {
                command.add("-D" + property + "=" + value);
            }
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), SeatService.class.getName(), PASSWORD));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(own.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(ManagerProcess.environment(own, 0));
        return builder.start();
    }

    private static String signIn(int port) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/v1/auth/login"))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofByteArray(
                                    StrictJson.write(Map.of("username", SeatService.USER, "password", PASSWORD))))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException("nobody is signed in: " + answer.body());
            }
            return answer.headers().allValues("Set-Cookie").stream()
                    .map(line -> line.substring(0, line.indexOf(';')))
                    .collect(Collectors.joining("; "));
        }
    }

    private List<LoadResult> facts() throws IOException, InterruptedException {
        Path own = Files.createDirectories(folder.resolve("facts"));
        try (BenchNode node = BenchNode.start(own, BenchNode.newKey())) {
            String header = "Authorization: Bearer " + node.key();
            new LoadGenerator(node.port(), node.pid(), node.key(), folder.resolve("none"))
                    .run("seed", CONNECTIONS, 0, FACTS, 1);
            Path paths = Files.write(folder.resolve("facts-paths"), ids(own.resolve("bench.db")));
            return new LoadGenerator(node.port(), node.pid(), header, paths)
                    .run("paced", CONNECTIONS, WARM, REQUESTS, SeatsBench.ROUNDS);
        }
    }

    private static List<String> ids(Path store) throws IOException {
        List<String> paths = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id FROM facts")) {
            while (rows.next()) {
                paths.add("/v1/facts/" + rows.getString(1));
            }
        } catch (SQLException e) {
            throw new IOException("the facts cannot be read", e);
        }
        return paths;
    }
}

package bulwark.acceptance.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.acceptance.doctor.DoctoredDeployment.UndoStack;
import bulwark.kernel.process.OwnerOnlyFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Modes, links, limits and settings files: independent of each other, so planted together. */
final class HostFaults {
    private HostFaults() {}

    static List<PlantedFault> files() {
        return List.of(
                new PlantedFault(
                        "HOST-FILES-01", "an export that everybody can read", HostFaults::openExport, Set.of()),
                new PlantedFault(
                        "HOST-RUN-01", "a run file of a process that is gone", HostFaults::staleRunFile, Set.of()),
                new PlantedFault("HOST-FILES-02", "a link out of the state", HostFaults::linkOut, Set.of()),
                new PlantedFault(
                        "HOST-SOCKETS-01", "an owner's socket for everybody", HostFaults::openSocket, Set.of()),
                new PlantedFault(
                        "HOST-DESCRIPTORS-01", "a limit that is nearly reached", HostFaults::descriptors, Set.of()),
                new PlantedFault("HOST-SECRETS-02", "a published password", HostFaults::publishedSecret, Set.of()),
                new PlantedFault("HOST-DISK-01", "a full file system", HostFaults::fullDisk, Set.of("HOST-FILES-01")),
                new PlantedFault("HOST-USER-01", "a state of another user", HostFaults::otherOwner, Set.of()),
                new PlantedFault(
                        "FACTS-CA-01",
                        "an authority's key for everybody",
                        mode("facts/tls/ca.key", "644", "600"),
                        Set.of("HOST-FILES-01")),
                new PlantedFault(
                        "FACTS-LOG-01",
                        "a log that everybody can write",
                        mode("facts/stigmem_tl.jsonl", "666", "600"),
                        Set.of("HOST-FILES-01")),
                new PlantedFault(
                        "TASKS-KEYS-01",
                        "a signing key for everybody",
                        mode("tasks/keys/private", "644", "600"),
                        Set.of("HOST-FILES-01")),
                new PlantedFault("TASKS-KEYS-03", "a signing key of last year", HostFaults::oldKey, Set.of()),
                new PlantedFault("TASKS-KEYS-04", "a trusted key that nobody knows", HostFaults::unknownKey, Set.of()));
    }

    private static AutoCloseable openExport(DoctoredDeployment up) throws Exception {
        Path file = up.state().resolve("exports/left-open.jsonl");
        Files.writeString(file, "{}");
        up.shell("chmod 644 " + file);
        assertThat(up.shell("stat -c %a " + file)).isEqualTo("644");
        return () -> Files.delete(file);
    }

    /** A container whose user is root, and whose root folder is a disk in memory. */
    static List<PlantedFault> container() {
        return List.of(
                new PlantedFault(
                        "HOST-INSIDE-01",
                        "a container that runs as root",
                        up -> {
                            assertThat(up.shell(String.join(" ", OPEN_CONTAINER) + " id -u"))
                                    .isEqualTo("0");
                            return up.inside(OPEN_CONTAINER);
                        },
                        Set.of()),
                new PlantedFault(
                        "HOST-INSIDE-02",
                        "the same, with a root folder that can be written",
                        up -> {
                            up.shell(String.join(" ", OPEN_CONTAINER) + " touch /x");
                            return () -> {};
                        },
                        Set.of()));
    }

    private static final List<String> OPEN_CONTAINER = List.of(
            "bwrap",
            "--unshare-user",
            "--uid",
            "0",
            "--gid",
            "0",
            "--tmpfs",
            "/",
            "--ro-bind",
            "/usr",
            "/usr",
            "--symlink",
            "usr/bin",
            "/bin",
            "--symlink",
            "usr/lib",
            "/lib",
            "--symlink",
            "usr/lib64",
            "/lib64");

    /** As a crash leaves one behind. */
    static AutoCloseable staleRunFile(DoctoredDeployment up) throws Exception {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        Path file = up.state().resolve("facts/gone.db.run.json");
        OwnerOnlyFiles.write(
                file, ("{\"pid\":" + ended.pid() + ",\"socket\":\"/none\"}").getBytes(StandardCharsets.US_ASCII));
        assertThat(up.shell("test -d /proc/" + ended.pid() + " && echo runs || echo gone"))
                .isEqualTo("gone");
        return () -> Files.deleteIfExists(file);
    }

    private static AutoCloseable linkOut(DoctoredDeployment up) throws Exception {
        Path link = up.state().resolve("facts/elsewhere");
        Files.createSymbolicLink(link, Path.of("/etc/hostname"));
        assertThat(up.shell("readlink " + link)).isEqualTo("/etc/hostname");
        return () -> Files.delete(link);
    }

    private static AutoCloseable openSocket(DoctoredDeployment up) throws Exception {
        Path socket = bulwark.kernel.process.RunFile.ofRunning(up.state().resolve("facts/stigmem.db"))
                .orElseThrow()
                .socket();
        up.shell("chmod 666 " + socket);
        assertThat(up.shell("stat -c %a " + socket)).isEqualTo("666");
        return () -> up.shell("chmod 600 " + socket);
    }

    private static AutoCloseable descriptors(DoctoredDeployment up) throws Exception {
        long pid = up.pid("beat");
        String before = up.shell("prlimit --pid " + pid + " --nofile --noheadings -o SOFT,HARD --raw")
                .replace(' ', ':');
        int open = Integer.parseInt(up.shell("ls /proc/" + pid + "/fd | wc -l"));
        up.shell("prlimit --pid " + pid + " --nofile=" + (open + 5) + ":");
        assertThat(up.shell("prlimit --pid " + pid + " --nofile --noheadings -o SOFT"))
                .contains(Integer.toString(open + 5));
        return () -> up.shell("prlimit --pid " + pid + " --nofile=" + before);
    }

    private static AutoCloseable publishedSecret(DoctoredDeployment up) throws Exception {
        Path file = up.state().resolve("tasks/.env");
        String before = Files.readString(file);
        Files.writeString(file, "STEM_EXTRA=changeme\n", StandardOpenOption.APPEND);
        assertThat(up.shell("tail -n 1 " + file)).isEqualTo("STEM_EXTRA=changeme");
        return () -> Files.writeString(file, before);
    }

    private static AutoCloseable fullDisk(DoctoredDeployment up) throws Exception {
        Path folder = up.state().resolve("full");
        Files.createDirectory(folder);
        up.shell("mount -t tmpfs -o size=64k,mode=700 tmpfs " + folder);
        assertThat(up.shell("df --output=avail " + folder + " | tail -n 1").strip())
                .isEqualTo("64");
        return () -> {
            up.shell("umount " + folder);
            Files.delete(folder);
        };
    }

    private static AutoCloseable otherOwner(DoctoredDeployment up) throws Exception {
        String before = up.shell("stat -c %u " + up.state());
        up.shell("chown 65534 " + up.state());
        assertThat(up.shell("stat -c %u " + up.state())).isEqualTo("65534");
        return () -> up.shell("chown " + before + " " + up.state());
    }

    private static PlantedFault.Plant mode(String file, String open, String closed) {
        return up -> {
            Path path = up.state().resolve(file);
            up.shell("chmod " + open + " " + path);
            assertThat(up.shell("stat -c %a " + path)).isEqualTo(open);
            return () -> up.shell("chmod " + closed + " " + path);
        };
    }

    private static AutoCloseable oldKey(DoctoredDeployment up) throws Exception {
        Path key = up.state().resolve("tasks/keys/operator");
        FileTime before = Files.getLastModifiedTime(key);
        up.shell("touch -d '400 days ago' " + key);
        assertThat(Files.getLastModifiedTime(key).toInstant())
                .isBefore(Instant.now().minus(399, ChronoUnit.DAYS));
        return () -> Files.setLastModifiedTime(key, before);
    }

    /** In the file, and not yet in the worker: it reads the file again when somebody tells it to. */
    private static AutoCloseable unknownKey(DoctoredDeployment up) throws Exception {
        Path file = up.state().resolve("tasks/keys/public");
        String before = Files.readString(file);
        Files.writeString(file, before.strip() + ",stranger:" + "q".repeat(43) + "=\n");
        assertThat(up.shell("cat " + file)).contains("stranger");
        return () -> Files.writeString(file, before);
    }

    /**
     * A program of somebody else's in the worker's place: its number stands in the worker's file. Its environment has what no process should have, it listens where nobody declared it, for every
     * machine, it may leave a core file, and it bears no mark.
     */
    static List<PlantedFault> rogueProcess() {
        Set<String> moved = Set.of();
        PlantedFault.Plant nothingMore = up -> () -> {};
        List<PlantedFault> faults = new ArrayList<>();
        faults.add(new PlantedFault("HOST-PORTS-01", "a listener that nobody declared", HostFaults::rogue, moved));
        for (String id : List.of(
                "HOST-PORTS-02",
                "HOST-ATTACH-01",
                "HOST-ATTACH-02",
                "HOST-CORE-01",
                "HOST-SECRETS-01",
                "HOST-PROGRAM-01",
                "TASKS-CONFINED-01",
                "TASKS-KEYS-02",
                "TASKS-LIVE-01")) {
            faults.add(new PlantedFault(id, "the same process", nothingMore, moved));
        }
        return faults;
    }

    private static AutoCloseable rogue(DoctoredDeployment up) throws Exception {
        UndoStack undo = new UndoStack();
        Path pidFile = up.state().resolve("tasks/worker/worker.pid");
        String before = Files.readString(pidFile);
        int port = bulwark.testkit.FreePort.next();
        ProcessBuilder builder = new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -c unlimited; exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin/jwebserver").toString(),
                "-b",
                "0.0.0.0",
                "-p",
                Integer.toString(port),
                "-d",
                Files.createDirectories(up.folder().resolve("web")).toRealPath().toString());
        builder.environment()
                .putAll(Map.of(
                        "JAVA_TOOL_OPTIONS", "-Dnothing=1",
                        "SOME_API_KEY", "0123456789abcdef",
                        "STEM_SIGNING_PRIVATE_KEYS_FILE", "/nowhere"));
        Process rogue = builder.redirectErrorStream(true)
                .redirectOutput(up.folder().resolve("rogue.log").toFile())
                .start();
        undo.add("process", () -> {
            rogue.destroyForcibly();
            rogue.waitFor();
        });
        org.awaitility.Awaitility.await()
                .atMost(java.time.Duration.ofMinutes(2))
                .until(() -> Files.readString(up.folder().resolve("rogue.log")).contains("Serving"));
        Files.writeString(pidFile, rogue.pid() + "\n");
        undo.add("file", () -> Files.writeString(pidFile, before));
        assertThat(up.shell("cat " + pidFile)).isEqualTo(Long.toString(rogue.pid()));
        assertThat(up.shell("curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:" + port + "/"))
                .isEqualTo("200");
        return undo;
    }
}

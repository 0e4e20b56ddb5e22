package bulwark.bench.seats;

import bulwark.bench.MachineHealth;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.signing.Digests;
import bulwark.seats.settings.DatabaseUrl;
import bulwark.seats.settings.SeatSettings;
import bulwark.seats.store.SeatStore;
import bulwark.testkit.FreePort;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The service as its launcher starts it, plan-only, on a store of its own. */
final class ManagerProcess {
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);

    private ManagerProcess() {}

    /** Secrets of one folder; the same at each call for the same folder, so that a restart finds its sessions. */
    static Map<String, String> environment(Path folder, int port) {
        return Map.of(
                "SESSION_HMAC_SECRET", secret(folder, "session"),
                "STEP_UP_HMAC_SECRET", secret(folder, "step-up"),
                "DATABASE_URL", "sqlite:seats.db",
                "SEAT_MANAGER_PORT", Integer.toString(port));
    }

    private static final String SALT = HexFormat.of().formatHex(salt());

    private static byte[] salt() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    private static String secret(Path folder, String name) {
        return Digests.sha256Hex(SALT + folder + name);
    }

    /** Makes the store. */
    static void prepare(Path folder) {
        Configuration settings = Configuration.read(SeatSettings.schema(), environment(folder, 0), folder);
        SeatStore.deploy(DatabaseUrl.location(() -> settings, folder), "", Clock.systemUTC());
    }

    /** From exec of the launcher to the first answer. */
    static double readySeconds(Path repository, Path folder) throws IOException, InterruptedException {
        int port = FreePort.next();
        ProcessBuilder builder = new ProcessBuilder(
                        repository.resolve("bin/seat-manager").toAbsolutePath().toString(), "api")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("api.log").toFile()));
        builder.environment().putAll(environment(folder, port));
        builder.environment().put("BULWARK_HEAP", "256m");
        long start = System.nanoTime();
        Process process = builder.start();
        try {
            while (!MachineHealth.ok(port)) {
                if (!process.isAlive() || System.nanoTime() - start > START_NANOS) {
                    throw new IOException("the seat manager did not start; see api.log");
                }
                TimeUnit.MILLISECONDS.sleep(5);
            }
            return (System.nanoTime() - start) / 1e9;
        } finally {
            process.destroy();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }
}

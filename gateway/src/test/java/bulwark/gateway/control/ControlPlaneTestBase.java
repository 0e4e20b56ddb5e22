package bulwark.gateway.control;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A control plane in a folder of its own. */
abstract class ControlPlaneTestBase {
    @TempDir
    Path folder;

    ControlFixture control;

    /** The same contract whatever keeps the objects. */
    protected Map<String, String> settings() {
        return Map.of();
    }

    @BeforeEach
    void start() throws Exception {
        control = ControlFixture.start(folder, settings());
    }

    @AfterEach
    void stop() {
        control.close();
    }
}

package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.facts.node.NodeSettings;
import bulwark.kernel.config.Configuration.Schema;
import bulwark.kernel.config.Setting;
import bulwark.seats.settings.SeatSettings;
import bulwark.seats.signer.SignerSettings;
import bulwark.tasks.setup.TaskSettings;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every declared setting is carried out, warned of or refused. Names are declared without their prefix, so that a whole name among a class's constants is a use. */
class SettingsAreReadTest {
    private static final List<String> MODULES = List.of("kernel", "web", "facts", "tasks", "seats", "app");

    static Stream<Schema> schemas() {
        return Stream.of(NodeSettings.schema(), TaskSettings.schema(), SeatSettings.schema(), SignerSettings.schema());
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void every_supported_setting_is_read_by_the_program(Schema schema) throws IOException {
        Set<String> constants = constants();
        assertThat(schema.settings())
                .filteredOn(setting -> setting.support() == Setting.Support.SUPPORTED)
                .extracting(Setting::name)
                .filteredOn(name -> !constants.contains(name))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void every_setting_has_a_purpose(Schema schema) {
        assertThat(schema.settings()).extracting(Setting::purpose).noneMatch(String::isBlank);
    }

    private static Set<String> constants() throws IOException {
        Set<String> constants = new HashSet<>();
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "target", "classes"))) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith(".class")).toList()) {
                    addConstants(file, constants);
                }
            }
        }
        return constants;
    }

    /** The string entries of a constant pool (class file format, JVMS §4.4). */
    private static void addConstants(Path file, Set<String> constants) throws IOException {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            in.skipNBytes(8);
            int count = in.readUnsignedShort();
            for (int i = 1; i < count; i++) {
                int tag = in.readUnsignedByte();
                switch (tag) {
                    case 1 -> constants.add(in.readUTF());
                    case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
                    case 5, 6 -> {
                        in.skipNBytes(8);
                        i++;
                    }
                    case 7, 8, 16, 19, 20 -> in.skipNBytes(2);
                    case 15 -> in.skipNBytes(3);
                    default -> throw new IOException(file + ": unknown constant " + tag);
                }
            }
        }
    }
}

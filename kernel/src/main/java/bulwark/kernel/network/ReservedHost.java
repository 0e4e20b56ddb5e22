package bulwark.kernel.network;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One line of {@code host-names.txt}: a domain that leads inside, whatever its addresses are. */
record ReservedHost(String domain, AddressClass kind, String name) {
    private static final List<ReservedHost> ALL = DataFile.lines("host-names.txt").stream()
            .map(ReservedHost::parse)
            .sorted(Comparator.comparing(ReservedHost::kind).reversed())
            .toList();

    private static ReservedHost parse(String line) {
        String[] columns = line.split("\\|", -1);
        return new ReservedHost(
                columns[0].strip(),
                AddressClass.valueOf(columns[1].strip().toUpperCase(Locale.ROOT)),
                columns[2].strip());
    }

    /** The severest entry that the name lies in. */
    static Optional<ReservedHost> of(TargetHost.Name name) {
        return ALL.stream().filter(entry -> name.isWithin(entry.domain)).findFirst();
    }
}

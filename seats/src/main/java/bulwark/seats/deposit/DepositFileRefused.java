package bulwark.seats.deposit;

import java.util.List;
import java.util.stream.Collectors;

/** A file that is no deposit data. Neither message nor findings hold anything of its content. */
public final class DepositFileRefused extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<DepositFinding> findings;

    DepositFileRefused(List<DepositFinding> findings) {
        super(findings.stream().map(each -> each.fault().name()).collect(Collectors.joining(", ")));
        this.findings = List.copyOf(findings);
    }

    public List<DepositFinding> findings() {
        return findings;
    }
}

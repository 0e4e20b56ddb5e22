package bulwark.seats.deposit;

/** One thing that is wrong with deposit data. Immutable. @param detail a name of ours (a network, a field) behind the sentence; empty for none */
public record DepositFinding(DepositFault fault, String detail) {
    static DepositFinding of(DepositFault fault) {
        return new DepositFinding(fault, "");
    }

    public String sentence() {
        return fault.sentence() + (detail.isEmpty() ? "" : " (" + detail + ")");
    }
}

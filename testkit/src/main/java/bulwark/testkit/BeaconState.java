package bulwark.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What the consensus layer knows after a block: validators, deposits that wait, and the number of the next withdrawal. Immutable.
 *
 * @param slot of the block
 * @param hash of the block of the execution layer, which stands for the block's root too
 */
record BeaconState(
        long slot,
        String hash,
        long timestamp,
        List<BeaconValidator> validators,
        List<PendingDeposit> pending,
        long nextWithdrawal) {
    /** A deposit between its block and its processing. @param data as the deposit contract's event has it */
    record PendingDeposit(BeaconDeposit data, long slot) {}

    /** A withdrawal that the next block pays. */
    record Withdrawal(long index, int validator, String address, long gwei) {}

    long epoch(BeaconRules rules) {
        return slot / rules.slotsPerEpoch();
    }

    /** Full withdrawals that are due in the epoch of a slot. */
    List<Withdrawal> due(long nextSlot, BeaconRules rules) {
        List<Withdrawal> due = new ArrayList<>();
        long epoch = nextSlot / rules.slotsPerEpoch();
        for (BeaconValidator each : validators) {
            if (each.isWithdrawable(epoch, rules) && each.balanceGwei() > 0) {
                due.add(new Withdrawal(
                        nextWithdrawal + due.size(),
                        each.index(),
                        "0x" + each.credentials().substring(26),
                        each.balanceGwei()));
            }
        }
        return due;
    }

    /**
     * After the next block.
     *
     * @param requests of the execution layer, EIP-7685: a type byte and its data
     * @param counts whether the signature of a deposit counts
     */
    BeaconState after(
            long nextSlot,
            String nextHash,
            long time,
            List<String> requests,
            List<Withdrawal> paid,
            BeaconRules rules,
            Predicate<BeaconDeposit> counts) {
        List<BeaconValidator> all = new ArrayList<>(validators);
        paid.forEach(each -> all.set(each.validator(), all.get(each.validator()).withBalance(0)));
        List<PendingDeposit> waiting = new ArrayList<>(pending);
        long epoch = nextSlot / rules.slotsPerEpoch();
        if (epoch > epoch(rules)) {
            process(all, waiting, nextSlot, epoch, rules, counts);
        }
        for (String request : requests) {
            switch (request.substring(0, 4)) {
                case "0x00" -> deposits(request).forEach(each -> waiting.add(new PendingDeposit(each, nextSlot)));
                case "0x01" -> exits(all, request, epoch, rules);
                default -> throw new AssertionError("a request of type " + request.substring(0, 4));
            }
        }
        return new BeaconState(
                nextSlot, nextHash, time, List.copyOf(all), List.copyOf(waiting), nextWithdrawal + paid.size());
    }

    /** At the beginning of an epoch: what was deposited in an earlier one, and activations. */
    private static void process(
            List<BeaconValidator> all,
            List<PendingDeposit> waiting,
            long slot,
            long epoch,
            BeaconRules rules,
            Predicate<BeaconDeposit> counts) {
        List<PendingDeposit> ready = waiting.stream()
                .filter(each -> each.slot() / rules.slotsPerEpoch() < epoch && each.slot() < slot)
                .toList();
        waiting.removeAll(ready);
        for (PendingDeposit each : ready) {
            Optional<BeaconValidator> known = all.stream()
                    .filter(validator -> validator.pubkey().equals(each.data().pubkey()))
                    .findFirst();
            if (known.isPresent()) {
                // A top-up: neither its credentials nor its signature are looked at.
                all.set(
                        known.get().index(),
                        known.get()
                                .withBalance(
                                        known.get().balanceGwei() + each.data().gwei()));
            } else if (counts.test(each.data())) {
                all.add(new BeaconValidator(
                        all.size(),
                        each.data().pubkey(),
                        each.data().credentials(),
                        each.data().gwei(),
                        null,
                        null,
                        false));
            }
        }
        all.replaceAll(each -> each.activationEpoch() == null && each.balanceGwei() >= BeaconValidator.SEAT_GWEI
                ? each.activeFrom(epoch + rules.activationDelay())
                : each);
    }

    private static List<BeaconDeposit> deposits(String request) {
        List<BeaconDeposit> deposits = new ArrayList<>();
        String data = request.substring(4);
        int digits = 2 * (48 + 32 + 8 + 96 + 8);
        for (int at = 0; at < data.length(); at += digits) {
            deposits.add(new BeaconDeposit(
                    "0x" + data.substring(at, at + 96),
                    "0x" + data.substring(at + 96, at + 160),
                    littleEndian(data.substring(at + 160, at + 176)),
                    "0x" + data.substring(at + 176, at + 368)));
        }
        return deposits;
    }

    private static long littleEndian(String digits) {
        long number = 0;
        for (int i = 0; i < digits.length(); i += 2) {
            number |= Long.parseLong(digits.substring(i, i + 2), 16) << (4 * i);
        }
        return number;
    }

    private static void exits(List<BeaconValidator> all, String request, long epoch, BeaconRules rules) {
        String data = request.substring(4);
        int digits = 2 * (20 + 48 + 8);
        for (int at = 0; at < data.length(); at += digits) {
            String source = "0x" + data.substring(at, at + 40);
            String pubkey = "0x" + data.substring(at + 40, at + 136);
            boolean full = data.substring(at + 136, at + digits).equals("0".repeat(16));
            all.replaceAll(each -> full && each.pubkey().equals(pubkey) && each.mayExit(source, epoch, rules)
                    ? each.exitsAt(epoch + rules.activationDelay())
                    : each);
        }
    }
}

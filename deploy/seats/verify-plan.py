#!/usr/bin/env python3
"""A second reader of seat-manager plans, written apart from the first: prints digest and sentence of a plan, and what is wrong with it.

Usage: verify-plan.py PLAN [VAULT-CODE]   ends with 0 when nothing is wrong, 1 when something is, 2 when the file is no plan.
Needs Python 3.9 and nothing else; asks no network. PLAN is a file or - for standard input; VAULT-CODE holds the creation code of vaults.
Reads several plans, one a line, with --lines: prints one line of JSON for each.
"""
import hashlib
import json
import re
import sys
from datetime import datetime

SEAT_GWEI = 32_000_000_000
SEAT_WEI = SEAT_GWEI * 10**9
WORD_MAX = 2**256 - 1
STEPS = {
    "settle-finalize": ("finalizeSettlement", "Finalise the settlement"),
    "settle-cancel": ("cancelSettlement", "Cancel the settlement"),
    "claim-principal": ("claimPrincipal", "Claim the principal"),
    "drain-remainder": ("drainRemainder", "Drain the remainder"),
}

class NoPlan(Exception): pass

def rotate(lane, by): return ((lane << by) | (lane >> (64 - by))) & (2**64 - 1)

def keccak(data):
    state, padded = [[0] * 5 for _ in range(5)], bytearray(data) + b"\x01"
    padded += bytes(-len(padded) % 136)
    padded[-1] |= 0x80
    for block in range(0, len(padded), 136):
        for i in range(17):
            state[i % 5][i // 5] ^= int.from_bytes(padded[block + 8 * i : block + 8 * i + 8], "little")
        register = 1
        for _ in range(24):
            parity = [state[x][0] ^ state[x][1] ^ state[x][2] ^ state[x][3] ^ state[x][4] for x in range(5)]
            mixed = [parity[(x + 4) % 5] ^ rotate(parity[(x + 1) % 5], 1) for x in range(5)]
            state = [[state[x][y] ^ mixed[x] for y in range(5)] for x in range(5)]
            x, y, lane = 1, 0, state[1][0]
            for step in range(24):
                x, y = y, (2 * x + 3 * y) % 5
                lane, state[x][y] = state[x][y], rotate(lane, (step + 1) * (step + 2) // 2 % 64)
            for y in range(5):
                row = [state[x][y] for x in range(5)]
                for x in range(5):
                    state[x][y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5])
            for bit in range(7):
                register = ((register << 1) ^ ((register >> 7) * 0x71)) % 256
                if register & 2:
                    state[0][0] ^= 1 << ((1 << bit) - 1)
    return b"".join(state[i % 5][i // 5].to_bytes(8, "little") for i in range(4))

def checksummed(address):
    digits = address[2:]
    marks = keccak(digits.encode()).hex()
    return "0x" + "".join(d.upper() if int(marks[i], 16) > 7 else d for i, d in enumerate(digits))

def brief(address): return checksummed(address)[:6] + "…" + checksummed(address)[-4:]

def no_doubles(pairs):
    if len(dict(pairs)) != len(pairs):
        raise NoPlan("an object holds the same key twice")
    return dict(pairs)

class Fields:
    """An object every value of which must be asked for."""
    def __init__(self, value, where):
        if not isinstance(value, dict):
            raise NoPlan(where + " must be an object")
        self.left, self.where = dict(value), where
    def take(self, name):
        if name not in self.left:
            raise NoPlan(f"{self.where}{name} is missing")
        return self.left.pop(name)
    def text(self, name, pattern):
        value = self.take(name)
        if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
            raise NoPlan(f"{self.where}{name} has another form")
        return value
    def hex(self, name, count):
        return self.text(name, "0x[0-9a-f]{%d}" % (2 * count))
    def number(self, name, low=0, high=WORD_MAX):
        value = int(self.text(name, "0|[1-9][0-9]{0,77}"))
        if not low <= value <= high:
            raise NoPlan(f"{self.where}{name} must be from {low} to {high}")
        return value
    def time(self, name):
        value = self.text(name, r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ")
        try:
            return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ")
        except ValueError:
            raise NoPlan(f"{self.where}{name} must be a time that there is")
    def object(self, name):
        return Fields(self.take(name), name + ".")
    def end(self):
        if self.left:
            raise NoPlan(f"{self.where}{sorted(self.left)[0]} is not a known field")

def read_action(kind, f):
    a = {}
    if kind in ("approve", "remove", "deposit", "vault-deploy", "force-exit"):
        a["pubkey"] = f.hex("pubkey", 48)
    if kind in ("approve", "remove", "deposit"):
        a["credentials"] = f.hex("withdrawalCredentials", 32)
        a["gwei"] = f.number("amountGwei", SEAT_GWEI, SEAT_GWEI)
    if kind in ("approve", "remove"):
        a["depositor"] = f.hex("depositor", 20)
    elif kind in ("fee-bump", "cancel"):
        a["replaces"] = f.hex("replaces", 32)
        a["nonce"] = f.number("nonce", 0, 2**53)
    else:
        a["vault"] = f.hex("vault", 20)
    if kind == "deposit":
        a["signature"] = f.hex("signature", 96)
        a["root"] = f.hex("depositDataRoot", 32)
        a["expected"] = f.hex("expectedDepositRoot", 32)
    if kind in ("deposit", "vault-deploy"):
        a["beneficiary"] = f.hex("beneficiary", 20)
        a["delay"] = f.number("claimDelaySeconds", 3_600, 2_592_000)
        a["bound"] = f.number("maxClaimPerPeriodWei", 1, SEAT_WEI)
    if kind == "force-exit":
        a["fee"] = f.number("maxFeeWei", 1, SEAT_WEI)
    if kind == "settle-propose":
        a["claimed"] = f.number("maxRewardsClaimedWei")
    f.end()
    return a

def read(text):
    try:
        document = json.loads(text, object_pairs_hook=no_doubles)
    except ValueError as e:
        raise NoPlan("it is not JSON: " + str(e))
    f = Fields(document, "")
    p = {}
    f.text("schema", "csm-plan/1")
    kinds = ["approve", "remove", "deposit", "vault-deploy", "force-exit", "settle-propose", *STEPS, "fee-bump", "cancel"]
    p["kind"] = f.text("kind", "|".join(kinds))
    n = f.object("network")
    p["chain"] = n.number("chainId", 1, 2**53)
    n.hex("depositContract", 20)
    p["factory"], p["router"] = n.hex("vaultFactory", 20), n.hex("treasuryRouter", 20)
    p["code"] = n.hex("vaultCreationCodeHash", 32)
    n.end()
    f.number("seatId", 0, 2**53)
    p["treasury"], p["target"] = f.hex("treasury", 20), f.hex("target", 20)
    p["value"] = f.number("value", 0, 10**24)
    p["calldata"] = f.text("calldata", "0x([0-9a-f]{2}){0,4096}")
    p["action"] = read_action(p["kind"], f.object("action"))
    c = f.object("preconditions")
    c.text("source", "chain|proposer")
    c.number("epoch"), c.number("phase", 0, 2), c.hex("owner", 20)
    p["root"] = c.hex("depositRoot", 32)
    c.hex("depositContractCodeHash", 32), c.hex("vaultCodeHash", 32)
    c.end()
    g = f.object("gas")
    g.number("limit", 21_000, 30_000_000)
    g.number("maxPriorityFeePerGas", 0, g.number("maxFeePerGas", 1, 10**15))
    g.end()
    f.text("proposer", "[A-Za-z0-9][A-Za-z0-9._@:-]{0,99}")
    if f.time("createdAt") >= f.time("expiresAt"):
        raise NoPlan("expiresAt must be after createdAt")
    f.end()
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return {**p, "digest": hashlib.sha256(b"csm-plan-v1\0" + canonical).hexdigest()}

def raw(text): return bytes.fromhex(text[2:])

def call(signature, *arguments):
    head, tail = keccak(signature.encode())[:4], b""
    for argument in arguments:
        if isinstance(argument, bytes):
            head += (32 * len(arguments) + len(tail)).to_bytes(32, "big")
            tail += len(argument).to_bytes(32, "big") + argument + bytes(-len(argument) % 32)
        else:
            head += argument.to_bytes(32, "big")
    return "0x" + (head + tail).hex()

def expected_call(p):
    """Target, value and calldata of the action; None for a replacement, which repeats another plan's."""
    kind, a = p["kind"], p["action"]
    if kind == "fee-bump":
        return None
    if kind == "cancel":
        return p["treasury"], 0, "0x"
    vault = int(a["vault"], 16) if "vault" in a else 0
    value = 0
    if kind in ("approve", "remove"):
        name = "addAllowedDepositFor" if kind == "approve" else "removeAllowedDeposit"
        data = call(name + "(bytes,bytes,uint64,address)", raw(a["pubkey"]), raw(a["credentials"]), a["gwei"], int(a["depositor"], 16))
    elif kind == "deposit":
        value, data = a["gwei"] * 10**9, call("deposit(bytes,bytes,bytes,bytes32,bytes32)", raw(a["pubkey"]), raw(a["credentials"]), raw(a["signature"]), int(a["root"], 16), int(a["expected"], 16))
    elif kind == "vault-deploy":
        data = call("createVault(bytes,address,uint256,uint256,uint256)", raw(a["pubkey"]), int(a["beneficiary"], 16), SEAT_WEI, a["delay"], a["bound"])
    elif kind == "force-exit":
        value, data = a["fee"], call("triggerValidatorExit(address)", vault)
    elif kind == "settle-propose":
        data = call("proposeSettlement(address,uint256)", vault, a["claimed"])
    else:
        data = call(STEPS[kind][0] + "(address)", vault)
    return p["router"], value, data

def sha(*pieces): return hashlib.sha256(b"".join(pieces)).digest()

def data_root(a):
    signature = raw(a["signature"])
    key = sha(raw(a["pubkey"]), bytes(16))
    signed = sha(sha(signature[:64]), sha(signature[64:], bytes(32)))
    return "0x" + sha(sha(key, raw(a["credentials"])), sha(a["gwei"].to_bytes(8, "little"), bytes(24), signed)).hex()

def vault_address(p, code):
    a = p["action"]
    key = raw(a["pubkey"])
    words = [int(p["router"], 16), int(a["beneficiary"], 16), 192, SEAT_WEI, a["delay"], a["bound"], len(key)]
    made = code + b"".join(word.to_bytes(32, "big") for word in words) + key + bytes(16)
    return "0x" + keccak(b"\xff" + raw(p["factory"]) + keccak(key) + keccak(made))[12:].hex()

def findings(p, code):
    kind, a, found = p["kind"], p["action"], []
    expected = expected_call(p)
    if expected:
        for name, given, wanted in zip(("TARGET", "VALUE", "CALLDATA"), (p["target"], p["value"], p["calldata"]), expected):
            if given != wanted:
                found.append(name + "_MISMATCH")
    if "credentials" in a:
        if not a["credentials"].startswith("0x01" + "00" * 11):
            found.append("CREDENTIALS_INVALID")
        elif kind == "deposit" and a["credentials"][26:] != a["vault"][2:]:
            found.append("CREDENTIALS_MISMATCH")
    if kind in ("approve", "remove") and a["depositor"] != p["router"]:
        found.append("DEPOSITOR_MISMATCH")
    if kind == "deposit" and data_root(a) != a["root"]:
        found.append("DEPOSIT_DATA_ROOT_MISMATCH")
    if kind == "deposit" and a["expected"] != p["root"]:
        found.append("DEPOSIT_ROOT_MISMATCH")
    if code is not None and "beneficiary" in a:
        if "0x" + keccak(code).hex() != p["code"]:
            found.append("VAULT_CODE_MISMATCH")
        elif vault_address(p, code) != a["vault"]:
            found.append("VAULT_MISMATCH")
    return found

def coins(wei):
    whole, rest = divmod(wei, 10**18)
    return (str(whole) if rest == 0 else f"{whole}.{rest:018d}".rstrip("0")) + " CTN"

def sentence(p):
    kind, a, end = p["kind"], p["action"], "cannot be undone"
    key = a["pubkey"][2:6] + "…" + a["pubkey"][-4:] if "pubkey" in a else ""
    vault = brief(a["vault"]) if "vault" in a else ""
    if kind in ("approve", "remove"):
        end = "can be undone until the deposit" if kind == "approve" else "can be made again"
        verb = f"{'Allow' if kind == 'approve' else 'Forbid'} {brief(a['depositor'])} to deposit {coins(a['gwei'] * 10**9)} for validator {key} with credentials of {brief('0x' + a['credentials'][-40:])}"
    elif kind == "deposit":
        verb = f"Deposit {coins(a['gwei'] * 10**9)} for validator {key} into vault {vault}"
    elif kind == "vault-deploy":
        verb = f"Make vault {vault} for validator {key} with beneficiary {brief(a['beneficiary'])}"
    elif kind == "force-exit":
        verb = f"Make validator {key} exit into vault {vault}, for a fee of at most {coins(a['fee'])}"
    elif kind == "settle-propose":
        verb = f"Propose the settlement of vault {vault}, unless more than {coins(a['claimed'])} of rewards were claimed"
        end = "can be cancelled for one hour"
    elif kind in STEPS:
        verb, end = f"{STEPS[kind][1]} of vault {vault}", "can be made again" if kind == "settle-cancel" else end
    elif kind == "fee-bump":
        verb = f"Send the transaction with nonce {a['nonce']} of plan {a['replaces'][2:10]}… again at a higher fee"
        end = "as final as that plan"
    else:
        verb = f"Put an empty transaction in the place of that with nonce {a['nonce']} of plan {a['replaces'][2:10]}…"
    return f"{verb}, from treasury {brief(p['treasury'])}, chain {p['chain']}; {end}"

def main(arguments):
    lines = "--lines" in arguments
    files = [each for each in arguments if each != "--lines"]
    if not 1 <= len(files) <= 2:
        print(__doc__, file=sys.stderr)
        return 2
    source = sys.stdin.buffer if files[0] == "-" else open(files[0], "rb")
    code = bytes.fromhex(open(files[1]).read().strip().removeprefix("0x")) if len(files) == 2 else None
    worst = 0
    for text in source if lines else [source.read()]:
        try:
            plan = read(text.decode("utf-8"))
        except (NoPlan, UnicodeDecodeError) as e:
            print(json.dumps({"refused": str(e)}) if lines else "no plan: " + str(e))
            worst = 2
            continue
        found, digest = findings(plan, code), plan["digest"]
        worst = max(worst, min(1, len(found)))
        if lines:
            print(json.dumps({"digest": digest, "sentence": sentence(plan), "findings": found}))
        else:
            print(sentence(plan), "digest  " + " ".join(digest[i : i + 8] for i in range(0, 64, 8)), sep="\n")
            print("\n".join("WRONG " + each for each in found) or "target, value and calldata are those of the action")
    return worst

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

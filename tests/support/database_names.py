"""Small but complete folders of the field's databases: their true names and their list files."""

import json
from itertools import product

from spooftrace.data.layouts.databases import DATABASES
from spooftrace.data.layouts.siw_m import KINDS

BY_LAYOUT = {database.layout.value: database for database in DATABASES}

MV2_FOLDERS = {
    "Paper": "Paper",
    "Replay": "Replay",
    "Mask_Half": "Mask_HalfMask",
    "Mask_Silicone": "Silicone",
    "Mask_Trans": "Mask_TransparentMask",
    "Mask_Paper": "Mask_PaperMask",
    "Mask_Mann": "Mannequin",
    "Makeup_Ob": "Makeup_Obfuscation",
    "Makeup_Im": "Makeup_Impersonation",
    "Makeup_Co": "Makeup_Cosmetic",
    "Partial_Funnyeye": "Partial_FunnyeyeGlasses",
    "Partial_Paperglass": "Partial_PaperGlasses",
    "Partial_Eye": "Partial_Eye",
    "Partial_Mouth": "Partial_Mouth",
}
ATTACKS = [kind for kind in KINDS if kind not in ("Live", "Print")]
LIVES = range(1, 7)


def oulu_npu(users=("01", "02", "21", "36")):
    """Everything of a few people: 90 videos each."""
    parts = {"0": "Train_files", "2": "Dev_files", "3": "Test_files"}
    return [
        f"{parts[user[0]]}/{phone}_{session}_{user}_{file}.avi"
        for user, phone, session, file in product(users, range(1, 7), (1, 2, 3), range(1, 6))
    ]


def siw(train=("003", "005", "007"), test=("001", "002")):
    kinds = [(1, 1), (2, 1), (2, 2), *((3, medium) for medium in range(1, 5))]
    return [
        f"{part}/{'live' if kind == 1 else 'spoof'}/{subject}/"
        f"{subject}-{sensor}-{kind}-{medium}-1.avi"
        for part, people in (("Train", train), ("Test", test))
        for subject, sensor, (kind, medium) in product(people, (1, 2), kinds)
    ]


def siw_m():
    kinds = [f"{kind}_{number}.avi" for kind in ATTACKS for number in (1, 2, 3)]
    return [*(f"Live_{number}.avi" for number in LIVES), *kinds]


def siw_mv2():
    kinds = [
        f"Spoof/{MV2_FOLDERS[kind]}/{kind}_{number}.avi" for kind in ATTACKS for number in (1, 2, 3)
    ]
    return [*(f"Live/Live_{number}.avi" for number in LIVES), *kinds]


def replay_attack(train=("001", "002"), dev=("003", "005"), test=("009", "011")):
    names = []
    for part, people in (("train", train), ("devel", dev), ("test", test)):
        for client, light in product(people, ("adverse", "controlled")):
            real = f"{part}/real/client{client}_session01_webcam_authenticate_{light}"
            names += [f"{real}_{take}.avi" for take in (1, 2)]
            for support, (device, sample) in product(
                ("fixed", "hand"),
                (
                    ("print", "highdef_photo"),
                    ("mobile", "mobile_photo"),
                    ("mobile", "mobile_video"),
                    ("highdef", "highdef_photo"),
                    ("highdef", "highdef_video"),
                ),
            ):
                name = f"attack_{device}_client{client}_session01_{sample}_{light}.avi"
                names.append(f"{part}/attack/{support}/{name}")
    return names


def replay_mobile(train=("001", "003"), dev=("005", "006"), test=("002", "004")):
    names = []
    for part, people in (("train", train), ("devel", dev), ("test", test)):
        for client, camera in product(people, ("mobile", "tablet")):
            for light in ("adverse", "controlled"):
                name = f"client{client}_session01_authenticate_{camera}_{light}.avi"
                names.append(f"{part}/real/{name}")
            for instrument, support, kind in (
                ("print", "fixed", "photo"),
                ("print", "hand", "photo"),
                ("mattescreen", "fixed", "photo"),
                ("mattescreen", "fixed", "video"),
            ):
                name = f"{instrument}_{support}_{camera}_{kind}_lighton.avi"
                names.append(f"{part}/attack/attack_client{client}_session01_{name}")
    return names


def celeba_spoof():
    return [
        f"Data/{part}/{person}/{label}/{person}{number:03}.png"
        for part, people in (("train", (1, 2, 3)), ("test", (9, 10)))
        for person, label, number in product(people, ("live", "spoof"), (1, 2))
    ]


def nuaa():
    return [
        f"{kind}Raw/{person}/{person}_00_00_{session}_{number}.png"
        for kind, person, session, number in product(
            ("Client", "Imposter"), ("0001", "0002", "0003"), ("01", "02", "03"), (0, 1)
        )
    ]


def small(layout):
    """Names of a small folder of that layout."""
    made = {
        "oulu-npu": oulu_npu,
        "siw": siw,
        "siw-m": siw_m,
        "siw-mv2": siw_mv2,
        "replay-attack": replay_attack,
        "replay-mobile": replay_mobile,
        "celeba-spoof": celeba_spoof,
        "nuaa": nuaa,
    }
    if layout in made:
        return made[layout]()
    if layout == "casia-fasd":
        wanted = ("train_release/1/", "train_release/2/", "test_release/1/", "test_release/2/")
        return [name for name in BY_LAYOUT[layout].names() if name.startswith(wanted)]
    wanted = ("client002_", "client003_", "client005_", "client001_", "client013_")
    names = [name for name in BY_LAYOUT[layout].names() if any(word in name for word in wanted)]
    return [name.rpartition(".")[0] + ".avi" for name in names]


def lists(layout):
    """List files of that small folder: by path, their text."""
    if layout in ("siw-m", "siw-mv2"):
        where = "pro_3_text/" if layout == "siw-mv2" else ""
        files = {
            f"{where}trainlist_all.txt": [f"{kind}_{n}" for kind in ATTACKS for n in (1, 2, 1)],
            f"{where}testlist_all.txt": [f"{kind}_3" for kind in ATTACKS],
            f"{where}trainlist_live.txt": [f"Live_{n}" for n in LIVES if n <= 4],
            f"{where}testlist_live.txt": [f"Live_{n}" for n in LIVES if n > 4],
        }
        if layout == "siw-mv2":
            files[f"{where}train_A_pretrain.txt"] = ["Live_1", "Live_2", "Live_3", "Live_4"] + [
                f"{kind}_{n}" for kind in ("Paper", "Replay") for n in (1, 2, 3)
            ]
            tests = (("A", "pretrain"), ("B", "spoof"), ("C", "race"), ("D", "age"), ("E", "ill"))
            for (domain, name), kind in zip(tests, ATTACKS[2:], strict=False):
                files[f"{where}test_{domain}_{name}.txt"] = ["Live_5", "Live_6", f"{kind}_1"]
        return {path: "\n".join(lines) + "\n" for path, lines in files.items()}
    if layout == "nuaa":
        by_list = {}
        for name in nuaa():
            folder, person, file = name.split("/")
            part = "test" if "_03_" in file else "train"
            key = f"{folder.removesuffix('Raw').lower()}_{part}_raw.txt"
            by_list.setdefault(key, []).append(f"{person}\\{file}")
        return {path: "\n".join(lines) + "\n" for path, lines in by_list.items()}
    if layout == "celeba-spoof":
        labels = {"train": {}, "test": {}}
        for at, name in enumerate(celeba_spoof()):
            is_spoof = "/spoof/" in name
            kind = 1 + at % 10 if is_spoof else 0
            tail = [kind, int(is_spoof), int(is_spoof), int(is_spoof)]
            labels[name.split("/")[1]][name] = [0] * 40 + tail
        return {
            f"metas/intra_test/{part}_label.json": json.dumps(found)
            for part, found in labels.items()
        }
    return {}


def write_names(root, layout):
    """The folder with empty files: enough for whoever only lists it."""
    for name, text in {**dict.fromkeys(small(layout), ""), **lists(layout)}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root

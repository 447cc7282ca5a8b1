"""Trains a small residual network on CIFAR-10, steered by a MixPolicy agent.

    python3 cifar.py --data DIR                     # DIR has data_batch_*.bin and test_batch.bin, or the folder cifar-10-batches-bin
    python3 cifar.py --data DIR --resume cifar.pt   # after a crash: goes on from the last finished epoch, in the same run

The service must be there: dotnet run -c Release --project agent/MixPolicy.Agent
"""

from __future__ import annotations

import argparse
import logging
import os
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

import mixpolicy

CLASSES = 10


def read(folder: Path, pattern: str) -> TensorDataset:
    """CIFAR-10's binary version: a record is a label byte and 3×32×32 bytes, red, green, blue. Normalised by the usual means and deviations."""
    files = sorted(folder.glob(f"**/{pattern}"))
    if not files:
        raise SystemExit(f"--data is {folder}: there is no {pattern} in it; it takes the folder of CIFAR-10's binary version")
    records = torch.cat([torch.frombuffer(bytearray(file.read_bytes()), dtype=torch.uint8).view(-1, 3073) for file in files])
    mean, deviation = torch.tensor([0.4914, 0.4822, 0.4465]), torch.tensor([0.2470, 0.2435, 0.2616])
    pixels = records[:, 1:].view(-1, 3, 32, 32).float() / 255
    return TensorDataset((pixels - mean[:, None, None]) / deviation[:, None, None], records[:, 0].long())


def split(data: TensorDataset, fraction: float, seed: int) -> tuple[TensorDataset, TensorDataset]:
    """Training and held-out images: the agent learns from images that the network is not trained on, and never from the test set."""
    order = torch.randperm(len(data), generator=torch.Generator().manual_seed(seed))
    held_out = int(len(data) * fraction)
    return TensorDataset(*data[order[held_out:]]), TensorDataset(*data[order[:held_out]])


def augmented(images: Tensor) -> Tensor:
    """Random shift by up to 4 pixels and random flip, one draw an image."""
    padded = F.pad(images, (4, 4, 4, 4))
    rows, cols = torch.randint(0, 9, (2, len(images)))
    shifted = torch.stack([image[:, y : y + 32, x : x + 32] for image, y, x in zip(padded, rows.tolist(), cols.tolist())])
    flips = torch.rand(len(images), device=images.device) < 0.5
    return torch.where(flips[:, None, None, None], shifted.flip(3), shifted)


class Block(nn.Module):
    """A pre-activation residual block."""

    def __init__(self, inside: int, outside: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.BatchNorm2d(inside), nn.ReLU())
        self.rest = nn.Sequential(
            nn.Conv2d(inside, outside, 3, stride, 1, bias=False), nn.BatchNorm2d(outside), nn.ReLU(), nn.Conv2d(outside, outside, 3, 1, 1, bias=False)
        )
        self.shortcut = nn.Identity() if stride == 1 and inside == outside else nn.Conv2d(inside, outside, 1, stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        h = self.first(x)
        return self.rest(h) + (x if isinstance(self.shortcut, nn.Identity) else self.shortcut(h))


def network(width: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, width, 3, 1, 1, bias=False),
        Block(width, width, 1), Block(width, 2 * width, 2), Block(2 * width, 4 * width, 2), Block(4 * width, 8 * width, 2),
        nn.BatchNorm2d(8 * width), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8 * width, CLASSES),
    )  # fmt: skip


@torch.no_grad()
def evaluate(model: nn.Module, loader: DataLoader[tuple[Tensor, ...]], device: str) -> tuple[float, float]:
    """Mean loss and top-1 on clean images."""
    model.eval()
    loss, right, count = 0.0, 0, 0
    for images, labels in loader:
        images, labels = images.to(device), labels.to(device)
        logits = model(images)
        loss += F.cross_entropy(logits, labels, reduction="sum").item()
        right += int((logits.argmax(1) == labels).sum())
        count += len(labels)
    return loss / count, right / count


def main(arguments: list[str] | None = None) -> float:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of CIFAR-10's binary version")
    parser.add_argument("--address", default="http://127.0.0.1:5080", help="the service (default: %(default)s)")
    parser.add_argument("--agent", default="pytorch", help="id of the agent; it learns from run to run (default: %(default)s)")
    parser.add_argument("--policy", default="ppo", choices=["ppo", "random", "bandit"], help="of a new agent (default: %(default)s)")
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--width", type=int, default=16)
    parser.add_argument("--lr", type=float, default=0.2, help="peak of the one-cycle schedule (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=0, help="processes that load batches (default: %(default)s)")
    parser.add_argument("--checkpoint", type=Path, default=Path("cifar.pt"), help="written after every epoch (default: %(default)s)")
    parser.add_argument("--resume", type=Path, help="the checkpoint to go on from, under the same options")
    options = parser.parse_args(arguments)
    logging.basicConfig(format="%(message)s")

    torch.manual_seed(options.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    train_set, held_out_set = split(read(options.data, "data_batch_*.bin"), 0.1, options.seed)
    train = DataLoader(train_set, options.batch, shuffle=True, drop_last=True, num_workers=options.workers)
    held_out = DataLoader(held_out_set, 500)
    test = DataLoader(read(options.data, "test_batch.bin"), 500)
    model = network(options.width).to(device)
    optimizer = torch.optim.SGD(model.parameters(), options.lr, momentum=0.9, nesterov=True, weight_decay=5e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, options.lr, total_steps=options.epochs * len(train) + 1)
    state = None
    if options.resume is not None:
        saved = torch.load(options.resume, map_location=device)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        schedule.load_state_dict(saved["schedule"])
        torch.set_rng_state(saved["random"].cpu())
        state = saved["policy"]

    with mixpolicy.steer(
        options.address, agent=options.agent, spec=mixpolicy.agent_spec(options.policy), state=state, seed=options.seed,
        intervals=options.epochs, classes=CLASSES, peak_learning_rate=options.lr, dataset="cifar10", network=f"preact-w{options.width}",
    ) as policy:  # fmt: skip
        for epoch in policy:
            model.train()
            total_loss, total_top1 = 0.0, 0.0
            for images, labels in train:
                images, targets = policy.mix(augmented(images.to(device)), labels.to(device), model)
                logits = model(images)
                loss = F.cross_entropy(logits, targets)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
                total_loss += loss.item()
                # Top-1 weighted by the mixed targets: what the predicted class has of the label.
                total_top1 += targets.gather(1, logits.argmax(1, keepdim=True)).mean().item()
            holdout_loss, holdout_top1 = evaluate(model, held_out, device)
            policy.report(
                train_loss=total_loss / len(train), train_top1=total_top1 / len(train), learning_rate=schedule.get_last_lr()[0],
                holdout_loss=holdout_loss, holdout_top1=holdout_top1,
            )  # fmt: skip
            save(
                options.checkpoint, model=model.state_dict(), optimizer=optimizer.state_dict(), schedule=schedule.state_dict(),
                random=torch.get_rng_state(), policy=policy.state_dict(),
            )  # fmt: skip
            print(f"epoch {epoch + 1}/{options.epochs}  {policy.decision}  train loss {total_loss / len(train):.3f}  held-out top-1 {holdout_top1:.1%}", flush=True)
    _, top1 = evaluate(model, test, device)
    print(f"test top-1 {top1:.1%}  run {policy.run_name}")
    return top1


def save(path: Path, **parts: object) -> None:
    """A crash while it writes leaves the old checkpoint."""
    partial = path.with_suffix(".partial")
    torch.save(parts, partial)
    os.replace(partial, path)


if __name__ == "__main__":
    main()

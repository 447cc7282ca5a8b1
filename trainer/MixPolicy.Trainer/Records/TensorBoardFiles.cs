using TorchSharp;

namespace MixPolicy.Trainer.Records;

/// <summary>The epochs as TensorBoard scalars.</summary>
internal sealed class TensorBoardFiles
{
    private const string Reward = "reward";

    private readonly TorchSharp.Modules.SummaryWriter _writer;

    /// <param name="folder">Emptied: after a resume, the epochs done are written again, so that each is there once.</param>
    internal TensorBoardFiles(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        _writer = torch.utils.tensorboard.SummaryWriter(folder, createRunName: false);
    }

    internal void Write(EpochMetrics epoch)
    {
        Scalar("loss/train", epoch.TrainLoss, epoch.Epoch);
        Scalar("loss/holdout", epoch.HoldoutLoss, epoch.Epoch);
        Scalar("loss/test", epoch.TestLoss, epoch.Epoch);
        Scalar("top1/train_weighted", epoch.TrainTop1Weighted, epoch.Epoch);
        Scalar("top1/holdout", epoch.HoldoutTop1, epoch.Epoch);
        Scalar("top1/test", epoch.TestTop1, epoch.Epoch);
        Scalar("top5/test", epoch.TestTop5, epoch.Epoch);
        Scalar("ece/test", epoch.Ece, epoch.Epoch);
        Scalar("learning_rate", epoch.LearningRate, epoch.Epoch);
        Scalar("decision/lambda_alpha", epoch.LambdaAlpha, epoch.Epoch);
        Scalar("decision/lambda", epoch.Lambda, epoch.Epoch);
        Scalar("decision/threshold", epoch.Threshold, epoch.Epoch);
        Scalar("decision/policy_version", epoch.PolicyVersion, epoch.Epoch);
        Scalar("seconds/train", epoch.SecondsTrain, epoch.Epoch);
        Scalar("batches/decided", epoch.BatchesDecided, epoch.Epoch);
        Scalar("batches/wait_share", epoch.WaitShare, epoch.Epoch);
        Scalar(Reward, epoch.Reward, epoch.Epoch);
    }

    internal void WriteReward(int epoch, double reward) => Scalar(Reward, reward, epoch);

    private void Scalar(string tag, double? value, int step)
    {
        if (value is { } known)
        {
            _writer.add_scalar(tag, (float)known, step);
        }
    }
}

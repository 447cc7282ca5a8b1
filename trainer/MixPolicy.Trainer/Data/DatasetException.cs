namespace MixPolicy.Trainer.Data;

/// <summary>A data set cannot be used as it is; the message names the file or option, what is wrong and what is allowed.</summary>
public sealed class DatasetException(string message) : Exception(message);

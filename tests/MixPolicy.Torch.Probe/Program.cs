using MixPolicy.Torch.Native;
using MixPolicy.Torch.Probe;

// A small program for tests of what happens once in a process (native loading) or ends one (kill -9).
try
{
    switch (args)
    {
        case ["load"]:
            Console.WriteLine(LoadProbe.Run());
            return 0;
        case ["save", var root]:
            SaveProbe.Run(root);
            return 0;
        default:
            Console.Error.WriteLine("usage: load | save FOLDER");
            return 2;
    }
}
catch (TorchLoadException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

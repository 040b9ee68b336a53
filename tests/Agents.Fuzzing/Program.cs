using System.Globalization;
using Agents;
using Agents.Fuzzing;
using Agents.Fuzzing.Engine;

if (args.Length is 0 or > 5)
{
    Console.Error.WriteLine(
        $"""
        usage: dotnet run -c Release --project tests/Agents.Fuzzing -- TARGET|all [SECONDS=60] [SEED=0] [CORPUS_FOLDER] [KEEP=0]
        Targets: {string.Join(", ", FuzzTargets.Names)}, canary. A finding is written to CORPUS_FOLDER/TARGET (default tests/Agents.Fuzzing/Corpus) and ends the run with exit code 1.
        KEEP of the smallest inputs that showed something new are added to the corpus.
        """);
    return 2;
}

double seconds = args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 60;
ulong seed = args.Length > 2 ? ulong.Parse(args[2], CultureInfo.InvariantCulture) : 0;
string corpus = args.Length > 3 ? args[3] : Path.Combine("tests", "Agents.Fuzzing", "Corpus");
int keep = args.Length > 4 ? int.Parse(args[4], CultureInfo.InvariantCulture) : 0;
int code = 0;
foreach (string name in args[0] == "all" ? FuzzTargets.Names : [args[0]])
{
    IFuzzTarget target = FuzzTargets.Create(name);
    using IDisposable? owner = target as IDisposable;
    FuzzRunner runner = new(target, new FuzzOptions { Duration = TimeSpan.FromSeconds(seconds) }, TimeProvider.System);
    FuzzReport report = runner.Run([.. target.Seeds(), .. FuzzCorpus.Read(corpus, name)], new SampleStream(seed));
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name}: {report.Inputs} inputs in {report.Seconds:F1} s ({report.Inputs / report.Seconds:F0}/s), {report.Accepted} accepted, {report.Behaviours} behaviours"));
    foreach (byte[] input in report.Discoveries.OrderBy(input => input.Length).Take(keep))
    {
        FuzzCorpus.Write(corpus, name, input);
    }

    if (report.Finding is { } finding)
    {
        Console.WriteLine($"{finding.Kind}: {finding.Description}");
        Console.WriteLine($"kept in {FuzzCorpus.Write(corpus, name, finding.Input)}");
        code = 1;
    }
}

return code;

using System.Text.Json.Nodes;

namespace Agents.Training.Tests.Oracles;

/// <summary>Starts the script once for all cases of all tests that share it; without a Python there are no answers.</summary>
public sealed class LossOracle : IAsyncLifetime
{
    private JsonNode? _answers;

    /// <summary>Returns the answer to a case; skips the running test by name where there is no Python.</summary>
    /// <param name="name">Name of the case.</param>
    internal JsonNode Answer(string name)
    {
        PyTorchProcess.RequirePython();
        return _answers![name] ?? throw new InvalidOperationException($"The oracle was not asked about '{name}'.");
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (PyTorchProcess.Python is not { } python)
        {
            return;
        }

        JsonArray request = [];
        foreach (string name in OracleLosses.All.Keys)
        {
            for (int seed = 0; seed < LossOracleCase.Seeds; seed++)
            {
                request.Add(new LossOracleCase(name, seed).Request());
            }
        }

        foreach (JsonObject single in AdvantageOracleCases.Requests())
        {
            request.Add(single);
        }

        _answers = await PyTorchProcess.AskAsync(python, "loss_oracle.py", request, TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

using Agents.Models.Adapters;

namespace Agents.Models.Tests.Adapters;

public sealed class AdapterRegistryTests : IDisposable
{
    private readonly AdapterRegistry _registry = new(SeededModel.Shape());

    public void Dispose() => _registry.Dispose();

    [Fact]
    public void Resolve_UnknownId_OffersTheNearest()
    {
        _registry.Add("verifier", SeededAdapter.Create(SeededModel.Shape(), 1));
        ArgumentException error = Assert.Throws<ArgumentException>(() => _registry.Resolve([new AdapterUse("verifer")]));
        Assert.Contains("Did you mean 'verifier'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_NothingOrWeightZero_IsTheBaseModel()
    {
        _registry.Add("a", SeededAdapter.Create(SeededModel.Shape(), 1));
        Assert.Null(_registry.Resolve([]));
        Assert.Null(_registry.Resolve([new AdapterUse("a", 0)]));
    }

    [Fact]
    public void Resolve_WeightThatIsNotFinite_ReleasesWhatItHeld()
    {
        LoraAdapter adapter = SeededAdapter.Create(SeededModel.Shape(), 1);
        _registry.Add("a", adapter);
        Assert.Throws<ArgumentException>(() => _registry.Resolve([new AdapterUse("a"), new AdapterUse("a", double.NaN)]));
        _registry.Unload("a");
        Assert.True(adapter.IsFreed);
    }

    [Fact]
    public void Unload_WhileARequestRuns_FreesAfterIt()
    {
        LoraAdapter adapter = SeededAdapter.Create(SeededModel.Shape(), 1);
        _registry.Add("a", adapter);
        AdapterMixture running = _registry.Resolve([new AdapterUse("a")])!;
        Assert.True(_registry.Unload("a"));
        Assert.False(_registry.Unload("a"));
        Assert.Throws<ArgumentException>(() => _registry.Resolve([new AdapterUse("a")]));
        Assert.False(adapter.IsFreed);
        running.Dispose();
        running.Dispose();
        Assert.True(adapter.IsFreed);
    }

    [Fact]
    public void Add_SameIdTwice_ReplacesForNewRequestsOnly()
    {
        LoraAdapter first = SeededAdapter.Create(SeededModel.Shape(), 1);
        LoraAdapter second = SeededAdapter.Create(SeededModel.Shape(), 2);
        _registry.Add("a", first);
        using AdapterMixture running = _registry.Resolve([new AdapterUse("a")])!;
        _registry.Add("a", second);
        using AdapterMixture next = _registry.Resolve([new AdapterUse("a")])!;
        Assert.Same(first, running.Parts[0].Adapter);
        Assert.Same(second, next.Parts[0].Adapter);
        Assert.NotEqual(running.Key, next.Key);
        Assert.False(first.IsFreed);
    }

    [Fact]
    public void AddScoped_EndOfTheScope_UnloadsItsAdapterOnly()
    {
        LoraAdapter adapter = SeededAdapter.Create(SeededModel.Shape(), 1);
        _registry.Add("kept", SeededAdapter.Create(SeededModel.Shape(), 2));
        using (AdapterScope scope = _registry.AddScoped(adapter))
        {
            Assert.Contains(scope.Id, _registry.Ids);
        }

        Assert.Equal(["kept"], _registry.Ids);
        Assert.True(adapter.IsFreed);
    }

    [Fact]
    public void AddScoped_SameAdapterValuesTwice_GetsDifferentIds()
    {
        using AdapterScope one = _registry.AddScoped(SeededAdapter.Create(SeededModel.Shape(), 1));
        using AdapterScope two = _registry.AddScoped(SeededAdapter.Create(SeededModel.Shape(), 1));
        Assert.NotEqual(one.Id, two.Id);
        using AdapterMixture first = _registry.Resolve([new AdapterUse(one.Id)])!;
        using AdapterMixture second = _registry.Resolve([new AdapterUse(two.Id)])!;
        Assert.Equal(first.Key, second.Key);
    }

    [Fact]
    public void Add_AdapterOfAnotherModel_IsRefused()
    {
        using LoraAdapter adapter = SeededAdapter.Create(ModelShape.Uniform("llama", 320, 32, 1, new LayerShape(2, 1, 16, 64), 64), 1);
        Assert.Contains("made for another model", Assert.Throws<ModelFormatException>(() => _registry.Add("a", adapter)).Message, StringComparison.Ordinal);
        Assert.Empty(_registry.Ids);
    }

    [Fact]
    public void Constructor_SameWeightTwiceOrNoneOrNaN_IsRefused()
    {
        LoraMatrices Factors() => new("model.layers.0.mlp.up_proj.weight", 1, 4, 4, 1);
        Assert.Throws<ArgumentException>(() => new LoraAdapter("twice", [Factors(), Factors()], 1));
        Assert.Throws<ArgumentException>(() => new LoraAdapter("none", [], 1));
        LoraMatrices broken = Factors();
        broken.BValues[2] = float.NaN;
        Assert.Contains("element 2", Assert.Throws<ArgumentException>(() => new LoraAdapter("broken", [broken], 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolve_WhileOthersReplaceAndUnload_NeverSeesFreedMemory()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        _registry.Add("a", SeededAdapter.Create(SeededModel.Shape(), 1));
        Task writer = Task.Run(
            () =>
            {
                for (ulong i = 0; i < 200; i++)
                {
                    _registry.Add("a", SeededAdapter.Create(SeededModel.Shape(), i % 3, rank: 1));
                }
            },
            stop);
        int freed = 0;
        while (!writer.IsCompleted)
        {
            using AdapterMixture mixture = _registry.Resolve([new AdapterUse("a")])!;
            freed += mixture.Parts[0].Adapter.IsFreed ? 1 : 0;
        }

        await writer;
        Assert.Equal(0, freed);
    }
}

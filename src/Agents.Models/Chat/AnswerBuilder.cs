using Agents.Models.Tokenization;
using Microsoft.Extensions.AI;

namespace Agents.Models.Chat;

/// <summary>Collects the tokens of one sample into text and a <see cref="GenerationRecord"/>.</summary>
internal sealed class AnswerBuilder
{
    private readonly ILanguageModel _model;
    private readonly GenerationRequest _request;
    private readonly StreamingDecoder _decoder;
    private readonly StopTextFilter _filter;
    private readonly List<int> _ids = [];
    private readonly List<float> _behavior = [];
    private readonly List<float> _plain = [];
    private readonly List<float> _mass = [];
    private readonly List<IReadOnlyList<TokenAlternative>> _alternatives = [];
    private GenerationFinish _finish;

    public AnswerBuilder(ILanguageModel model, GenerationRequest request)
    {
        _model = model;
        _request = request;
        _decoder = new StreamingDecoder(model.Tokenizer, skipSpecial: true);
        _filter = new StopTextFilter(request.StopSequences);
    }

    /// <summary>Gets whether the sample has ended.</summary>
    public bool Finished => _finish != GenerationFinish.None;

    public ChatFinishReason? FinishReason => _finish switch
    {
        GenerationFinish.EndToken or GenerationFinish.StopSequence => ChatFinishReason.Stop,
        GenerationFinish.Length or GenerationFinish.ContextFull => ChatFinishReason.Length,
        GenerationFinish.Cancelled => new ChatFinishReason("cancelled"),
        _ => null,
    };

    public UsageDetails Usage => new()
    {
        InputTokenCount = _request.Prompts[0].TokenIds.Count,
        OutputTokenCount = _ids.Count,
        TotalTokenCount = _request.Prompts[0].TokenIds.Count + _ids.Count,
    };

    /// <summary>Takes a token.</summary>
    /// <returns>Text that is complete now.</returns>
    public string Append(in GeneratedToken token)
    {
        _ids.Add(token.Id);
        _behavior.Add(token.BehaviorLogProbability);
        _plain.Add(token.PlainLogProbability);
        _mass.Add(token.KeptMass);
        if (_request.TopLogProbabilities > 0)
        {
            _alternatives.Add(token.Alternatives);
        }

        _finish = token.Finish;
        string text = _filter.Append(_decoder.Append(token.Id));
        return Finished ? text + Rest() : text;
    }

    /// <summary>Ends the sample before its time.</summary>
    /// <returns>Text that was held back.</returns>
    public string Cancel()
    {
        _finish = GenerationFinish.Cancelled;
        return Rest();
    }

    /// <summary>Describes the sample for the caller.</summary>
    public AdditionalPropertiesDictionary Properties()
    {
        AdditionalPropertiesDictionary properties = new()
        {
            [GenerationRecord.PropertyName] = new GenerationRecord
            {
                PromptTokenIds = _request.Prompts[0].TokenIds,
                CompletionTokenIds = _ids,
                BehaviorLogProbabilities = _behavior,
                PlainLogProbabilities = _plain,
                KeptMass = _mass,
                GenerationId = _model.GenerationId,
                Temperature = _request.Sampling.Temperature,
                Finish = _finish,
            },
        };
        if (_request.TopLogProbabilities > 0)
        {
            properties[ChatOptionKeys.TopLogProbabilities] = _alternatives;
        }

        return properties;
    }

    private string Rest() => _filter.Append(_decoder.Finish()) + _filter.Finish();
}

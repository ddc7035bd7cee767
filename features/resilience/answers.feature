@program @needs.platform.control
Feature: Answers that are errors, or no answers at all
  A server may refuse, fail, or answer what nobody can read. A refusal is final: asking again only makes it worse. A
  failure may be over the next moment. And half an answer must never be taken for a whole one.

  Rule: A refusal is told as what it is, and never asked for again

    Scenario Outline: A program that <deed> is refused with <status>
      Given a program that <deed> with
        | retries | 2 |
      And its server answers, one after another
        | answer   | saying        |
        | <status> | for this once |
      When it runs
      Then it meets <error>, saying "<words>"
      And its server was asked once

      @ER-10
      Examples: 400
        | status | deed              | error                   | words         |
        | 400    | asks the model    | openai.BadRequestError  | for this once |
        | 400    | creates a dataset | honeyhive.HTTPException | 400           |
        | 400    | reads events      | honeyhive.APIError      | 400           |

      @ER-11
      Examples: 401
        | status | deed              | error                      | words         |
        | 401    | asks the model    | openai.AuthenticationError | for this once |
        | 401    | creates a dataset | honeyhive.HTTPException    | 401           |
        | 401    | reads events      | honeyhive.APIError         | 401           |

      @ER-12
      Examples: 403
        | status | deed              | error                        | words         |
        | 403    | asks the model    | openai.PermissionDeniedError | for this once |
        | 403    | creates a dataset | honeyhive.HTTPException      | 403           |
        | 403    | reads events      | honeyhive.APIError           | 403           |

      @ER-13
      Examples: 404
        | status | deed              | error                   | words         |
        | 404    | asks the model    | openai.NotFoundError    | for this once |
        | 404    | creates a dataset | honeyhive.HTTPException | 404           |
        | 404    | reads events      | honeyhive.APIError      | 404           |

  Rule: A failure is told as what it is

    Scenario Outline: A program that <deed> is told of <status>
      Given a program that <deed>
      And its server answers, one after another
        | answer   | saying        |
        | <status> | for this once |
      When it runs
      Then it meets <error>, saying "<status>"

      @ER-14
      Examples: 500
        | status | deed              | error                      |
        | 500    | asks the model    | openai.InternalServerError |
        | 500    | creates a dataset | honeyhive.HTTPException    |
        | 500    | reads events      | honeyhive.APIError         |

      @ER-15
      Examples: 502
        | status | deed              | error                      |
        | 502    | asks the model    | openai.InternalServerError |
        | 502    | creates a dataset | honeyhive.HTTPException    |
        | 502    | reads events      | honeyhive.APIError         |

      @ER-16
      Examples: 503
        | status | deed              | error                      |
        | 503    | asks the model    | openai.InternalServerError |
        | 503    | creates a dataset | honeyhive.HTTPException    |
        | 503    | reads events      | honeyhive.APIError         |

      @ER-17
      Examples: 504
        | status | deed              | error                      |
        | 504    | asks the model    | openai.InternalServerError |
        | 504    | creates a dataset | honeyhive.HTTPException    |
        | 504    | reads events      | honeyhive.APIError         |

  Rule: After a failure a harmless question is asked again

    Scenario Outline: A program that <deed> is served after a single <status>
      Given a program that <deed> with
        | retries     | 2    |
        | first pause | 0.05 |
      And its server answers, one after another
        | answer   | retry after |
        | <status> | 0.05        |
      When it runs
      Then it is served
      And its server was asked twice

      @ER-14
      Examples: 500
        | status | deed           |
        | 500    | asks the model |
        | 500    | reads events   |
        | 500    | lists datasets |

      @ER-15
      Examples: 502
        | status | deed           |
        | 502    | asks the model |
        | 502    | reads events   |
        | 502    | lists datasets |

      @ER-16
      Examples: 503
        | status | deed           |
        | 503    | asks the model |
        | 503    | reads events   |
        | 503    | lists datasets |

      @ER-17
      Examples: 504
        | status | deed           |
        | 504    | asks the model |
        | 504    | reads events   |
        | 504    | lists datasets |

  Rule: What cannot be read is an error that shows where, and never half an answer

    Scenario Outline: A program that <deed> is answered <answer>
      Given a program that <deed>
      And its server answers, one after another
        | answer   |
        | <answer> |
      When it runs
      Then it meets <error>, saying "<place>"

      @ER-18
      Examples: not JSON
        | deed              | answer               | error                | place         |
        | asks the model    | JSON that breaks off | json.JSONDecodeError | line 1 column |
        | creates a dataset | JSON that breaks off | json.JSONDecodeError | line 1 column |
        | lists datasets    | JSON that breaks off | json.JSONDecodeError | line 1 column |
        | reads events      | JSON that breaks off | json.JSONDecodeError | line 1 column |

      @ER-19
      Examples: a required part is missing
        | deed                                      | answer                                                               | error                             | place             |
        | asks the model and has the answer checked | {"id": "1", "object": "chat.completion", "created": 1, "model": "m"} | openai.APIResponseValidationError | choices           |
        | asks the model                            | {"id": "1", "object": "chat.completion", "created": 1, "model": "m"} | openai.APIResponseValidationError | choices           |
        | creates a dataset                         | {"inserted": true, "result": {}}                                     | pydantic_core.ValidationError     | result.insertedId |
        | lists datasets                            | {}                                                                   | pydantic_core.ValidationError     | datasets          |
        | reads events                              | {}                                                                   | pydantic_core.ValidationError     | events            |

      @ER-20
      Examples: a part is of the wrong type
        | deed                                      | answer                                                                                  | error                             | place             |
        | asks the model and has the answer checked | {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": "none"} | openai.APIResponseValidationError | choices           |
        | asks the model                            | {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": "none"} | openai.APIResponseValidationError | choices           |
        | creates a dataset                         | {"inserted": true, "result": {"insertedId": 12}}                                        | pydantic_core.ValidationError     | result.insertedId |
        | lists datasets                            | {"datasets": "many"}                                                                    | pydantic_core.ValidationError     | datasets          |
        | reads events                              | {"events": "many", "totalEvents": 1}                                                    | pydantic_core.ValidationError     | events            |

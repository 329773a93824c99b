export default {
  title: '人员登记', one: '人员', new: '登记人员', hint: '一人一档：同一证件号只登记一次，换单位不换档案。', hintAsOf: '{date} 当日在岗的人员。', import: '导入花名册', search: '姓名、拼音首字母、完整证件号或电话',
  name: '姓名', idType: '证件类型', idNumber: '证件号码', phone: '电话', employer: '机构', post: '岗位', level: '技能等级', since: '入职日期', left: '离职日期', education: '学历', major: '专业', state: '状态', birth: '出生日期', gender: '性别', kinds: '人员类别', service: '从业年限',
  onPost: '在岗', leftOnly: '已离岗', leftOn: '{on} 离岗', notOnPost: '未在岗', noLevel: '未持证', preJobMissing: '缺岗前培训', none: '还没有登记人员', noneHint: '把机构平时用的花名册直接导入即可，不必改格式。', noneFound: '没有符合条件的人', noneFoundHint: '换个说法，或取消上面的筛选。',
  
  printSlips: '打印激活单', slips: '激活单', slipsHint: '每张只能用一次，裁开交给本人。重新打印会使上一张失效。', slipsNone: '没有选择人员', slipsNoneHint: '请在人员列表中勾选后再打印。', slipUser: '用户名', slipCode: '激活码', slipHow: '用手机扫码，设置自己的密码后登录。', slipUntil: '有效期至 {at}',
  facts: '基本情况', timeline: '经历', noEvents: '还没有记录', noEventsHint: '入职、上课、取得证书后会出现在这里。', serviceTime: '{years} 年 {months} 个月', preJob: '岗前培训', preJobOn: '{on} 合格', preJobNone: '没有记录', hoursYear: '{year} 年在岗培训学时', hoursOf: '{n} 课时', hoursDetail: '看每一笔',
  reveal: '查看', revealTitle: '查看完整{field}', revealHint: '完整号码显示一分钟。查看人、时间和原因会记入操作日志。', editTitle: '修改 {name}', nameHint: '改名不影响已签发的证书。', phoneKeep: '现为 {phone}，不改请留空',
  employments: '从业经历', addSpell: '新增', endSpell: '离岗', moveSpell: '调往其他机构', correctSpell: '更正', dispatched: '派遣', dispatchedLong: '劳务派遣人员', noSpells: '没有从业记录', lastDay: '最后在岗日', lastDayHint: '当天仍算在岗；仍在岗请留空',
  spell: { add: '新增从业经历', addHint: '同一人可同时在两家机构任职。', end: '登记离岗', endHint: '{name}：离岗后不再计入该机构的统计。', move: '调往其他机构', moveHint: '从 {name} 调出：原经历在新入职日的前一天结束，学时和证书随人走。', correct: '更正从业经历', correctHint: '更正前的内容会保留在档案里，已固定的统计不变。' },
  newHint: '先查是否已登记；号码校验在保存时进行。', idHint: '按证件原件填写，出生日期和性别从号码读出。', firstPost: '在岗情况', register: '登记', registered: '已登记 {name}', openKnown: '此人已有档案，打开',
  roles: { caregiver: '养老护理员', careStaff: '照护人员', medical: '医护人员', socialWorker: '社工', manager: '管理人员', director: '院长', serviceStaff: '服务人员', volunteer: '志愿者', familyCarer: '家庭照料者', informalCarer: '非正式照护', student: '学生', other: '其他' },
  educations: { primary: '小学', secondary: '初中', vocational: '高中或中专', college: '大专', bachelor: '本科', postgraduate: '研究生' }, genders: { female: '女', male: '男' },
  idTypes: { residentId: '居民身份证', hmtResidence: '港澳台居民居住证', hmtPass: '港澳台通行证', passport: '护照', foreignPermanent: '外国人永居证' },
  event: { started: '入职 {name}，任{role}', ended: '离开 {name}', attended: '《{title}》计入 {n} 分钟', preJob: '岗前培训合格' },
}
